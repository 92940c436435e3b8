import { Inflate } from "pako";
import { orientation, UPRIGHT } from "./exif";
import { ascii, cutOff, dataView, joined, Refused, text, unsupported, type Stored } from "./stored";

export const SIGNATURE = "\x89PNG\r\n\x1a\n";

const PALETTE = 3;
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Record<number, number[]> = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };
/** Column and row where each of Adam7's passes begins, and its steps. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

const CRITICAL = ["IHDR", "PLTE", "IDAT", "IEND"];
/** A wrong check sum in these is damage to pixels as well. */
const ANIMATION = ["acTL", "fcTL", "fdAT"];
const BEFORE_PIXELS = ["tRNS", "eXIf", "iCCP", "sRGB", "gAMA", "cHRM", "cICP", "acTL"];

/** Of data beyond the picture's last row. */
const MOST_SURPLUS = 16 << 20;
const PIECE = 1 << 16;

/** A gamma so near sRGB's that browsers take it for sRGB, and those that they do not all believe. */
const ABOUT_SRGB = { from: 43182, to: 47727 };
const BELIEVED_GAMMAS = { from: 10000, to: 200000 };
/** x and y of white, red, green and blue, each as a cHRM chunk has it. */
const SRGB_PRIMARIES = bigEndian([31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000]);
/** By their numbers in ITU-T H.273. */
const KNOWN_PRIMARIES = [1, 9, 12];
const KNOWN_CURVES = [4, 5, 8, 13];
const HDR_CURVES = [16, 18];

function bigEndian(numbers: number[]): Uint8Array {
  const bytes = new Uint8Array(4 * numbers.length);
  numbers.forEach((number, at) => dataView(bytes).setUint32(4 * at, number));
  return bytes;
}

interface Size {
  width: number;
  height: number;
}

/** Where the pixels lie that are shown first. */
interface Frame extends Size {
  left: number;
  top: number;
  data: Uint8Array[];
}

interface File extends Size {
  depth: number;
  colour: number;
  interlaced: boolean;
  palette: Uint8Array | null;
  pixels: Uint8Array[];
  pixelsDone: boolean;
  /** Of each kind the first chunk that stands at its place. */
  before: Map<string, Uint8Array>;
  frame: (Size & { left: number; top: number; precedesPixels: boolean }) | null;
  frames: number;
  framePixels: Uint8Array[];
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let at = 0; at < bytes.length; at++) crc = CRC_TABLE[(crc ^ bytes[at]) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Names and contents; ancillary chunks with a wrong check sum are left out. */
function* chunks(bytes: Uint8Array): Generator<[string, Uint8Array]> {
  const data = dataView(bytes);
  let at = SIGNATURE.length;
  while (at + 8 <= bytes.length) {
    const length = data.getUint32(at);
    const name = text(bytes, at + 4, 4);
    if (!/^[A-Za-z]{4}$/.test(name) || length >= 2 ** 31)
      throw new Refused("is damaged: a chunk has no name or no length");
    if (name === "IEND") return;
    const end = at + 12 + length;
    if (end > bytes.length) throw cutOff();
    if (crc32(bytes.subarray(at + 4, end - 4)) === data.getUint32(end - 4)) {
      if (at === SIGNATURE.length && name !== "IHDR") throw new Refused("is damaged: its header does not come first");
      yield [name, bytes.subarray(at + 8, end - 4)];
    } else if (CRITICAL.includes(name) || ANIMATION.includes(name)) {
      throw new Refused(`is damaged: the check sum of its ${name} chunk is wrong`);
    }
    at = end;
  }
  throw cutOff();
}

function takeHeader(file: File, content: Uint8Array): void {
  if (file.depth > 0 || content.length !== 13) throw new Refused("is damaged: its header cannot be read");
  const data = dataView(content);
  file.width = data.getUint32(0);
  file.height = data.getUint32(4);
  const [depth, colour, compression, filter, interlacing] = content.subarray(8);
  file.depth = depth;
  file.colour = colour;
  file.interlaced = interlacing === 1;
  const known = DEPTHS[colour]?.includes(depth) && compression === 0 && filter === 0 && interlacing <= 1;
  if (!known || file.width * file.height === 0) throw new Refused("is damaged: its header cannot be read");
}

function takePalette(file: File, content: Uint8Array): void {
  if (file.palette || content.length % 3 !== 0 || content.length < 3 || content.length > 768) {
    throw new Refused("is damaged: its palette cannot be read");
  }
  if (file.pixels.length === 0) file.palette = content;
}

function isAnimated(file: File): boolean {
  const control = file.before.get("acTL");
  return control !== undefined && control.length >= 4 && dataView(control).getUint32(0) > 0;
}

function takeFrame(file: File, name: string, content: Uint8Array): void {
  if (name === "fdAT") {
    if (file.frames === 1) file.framePixels.push(content);
    return;
  }
  if (!file.frame) {
    const data = dataView(content);
    if (content.length !== 26 || data.getUint32(0) !== 0) throw new Refused("is damaged: its animation cannot be read");
    const [width, height, left, top] = [4, 8, 12, 16].map((at) => data.getUint32(at));
    file.frame = { width, height, left, top, precedesPixels: file.pixels.length === 0 };
  }
  file.frames += 1;
}

function take(file: File, name: string, content: Uint8Array): void {
  if (name !== "IDAT" && file.pixels.length > 0) file.pixelsDone = true;
  if (name === "IHDR") takeHeader(file, content);
  else if (name === "PLTE") takePalette(file, content);
  else if (name === "IDAT") {
    if (file.pixelsDone) throw new Refused("is damaged: its pixels lie apart");
    file.pixels.push(content);
  } else if (name === "fcTL" || name === "fdAT") {
    if (isAnimated(file)) takeFrame(file, name, content);
  } else if (BEFORE_PIXELS.includes(name)) {
    const inOrder = name !== "tRNS" || file.colour !== PALETTE || file.palette;
    if (file.pixels.length === 0 && inOrder && !file.before.has(name)) file.before.set(name, content);
  } else if (/^[A-Z]/.test(name)) {
    throw new Refused(`is damaged: it has a chunk ${name}, which nobody knows`);
  }
}

function firstFrame(file: File): Frame {
  const still: Frame = { width: file.width, height: file.height, left: 0, top: 0, data: file.pixels };
  if (!isAnimated(file)) return still;
  if (!file.frame) throw new Refused("is damaged: its animation has no frame");
  const { width, height, left, top, precedesPixels } = file.frame;
  if (width * height === 0 || left + width > file.width || top + height > file.height) {
    throw new Refused("is damaged: a frame of its animation lies outside of it");
  }
  if (precedesPixels) {
    if (width !== file.width || height !== file.height) {
      throw new Refused("is damaged: the first frame of its animation has another size");
    }
    return still;
  }
  const inOrder = file.framePixels.every((piece, at) => piece.length >= 4 && dataView(piece).getUint32(0) === at + 1);
  if (file.framePixels.length === 0 || !inOrder) {
    throw new Refused("is damaged: the first frame of its animation is incomplete");
  }
  return { width, height, left, top, data: file.framePixels.map((piece) => piece.subarray(4)) };
}

function bytesOfRows(file: File, size: Size): number {
  const bits = file.depth * CHANNELS[file.colour];
  let total = 0;
  for (const [left, top, right, down] of file.interlaced ? ADAM7 : [[0, 0, 1, 1]]) {
    const width = Math.ceil((size.width - left) / right);
    const height = Math.ceil((size.height - top) / down);
    if (width > 0 && height > 0) total += height * (1 + Math.ceil((width * bits) / 8));
  }
  return total;
}

/** Firefox makes up rows that are not there, so the data is counted first. */
function checkRows(file: File, shown: Frame): void {
  const wanted = bytesOfRows(file, shown);
  const inflate = new Inflate({ windowBits: 15 });
  let count = 0;
  inflate.onData = (chunk: Uint8Array) => (count += chunk.length);
  for (const part of shown.data) {
    for (let at = 0; at < part.length && !inflate.ended && count <= wanted + MOST_SURPLUS; at += PIECE) {
      inflate.push(part.subarray(at, at + PIECE), false);
      if (inflate.err) throw new Refused(`is damaged (${inflate.msg || "its pixels cannot be unpacked"})`);
    }
  }
  if (!inflate.ended || count < wanted) throw new Refused("is damaged: rows of its pixels are missing");
}

function chunk(name: string, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(content.length + 12);
  const data = dataView(whole);
  data.setUint32(0, content.length);
  for (let at = 0; at < 4; at++) whole[4 + at] = name.charCodeAt(at);
  whole.set(content, 8);
  data.setUint32(content.length + 8, crc32(whole.subarray(4, content.length + 8)));
  return whole;
}

/** What says how the numbers are meant, as far as browsers agree about it. */
function colourChunks(before: Map<string, Uint8Array>): Uint8Array[] {
  const numbers = before.get("cICP");
  if (numbers?.length === 4) {
    const [primaries, curve, matrix, full] = numbers;
    if (HDR_CURVES.includes(curve))
      throw unsupported("has a high dynamic range, which browsers show each in its own way");
    const known = KNOWN_PRIMARIES.includes(primaries) && KNOWN_CURVES.includes(curve) && matrix === 0 && full === 1;
    if (known) return [chunk("cICP", numbers)];
  }
  const gamma = before.get("gAMA");
  const value = gamma?.length === 4 ? dataView(gamma).getUint32(0) : 0;
  const primaries = before.get("cHRM");
  const own = primaries?.length === 32 ? primaries : null;
  const aboutSrgb = !own && value >= ABOUT_SRGB.from && value <= ABOUT_SRGB.to;
  const believed = gamma && value >= BELIEVED_GAMMAS.from && value <= BELIEVED_GAMMAS.to && !aboutSrgb;
  const profiles = ["iCCP", "sRGB"].flatMap((name) => {
    const content = before.get(name);
    return content ? [chunk(name, content)] : [];
  });
  // Without primaries Firefox would map a gamma with a power, and not with the curve of sRGB as it does otherwise.
  return believed ? [...profiles, chunk("gAMA", gamma), chunk("cHRM", own ?? SRGB_PRIMARIES)] : profiles;
}

/** The palette with black for the colours beyond its end, and its transparency. */
function paletteChunks(file: File): Uint8Array[] {
  if (file.colour !== PALETTE || !file.palette) return [];
  const full = new Uint8Array(Math.max(file.palette.length, 3 << file.depth));
  full.set(file.palette);
  const alpha = file.before.get("tRNS");
  const fits = alpha && alpha.length > 0 && alpha.length <= file.palette.length / 3;
  return [chunk("PLTE", full), ...(fits ? [chunk("tRNS", alpha)] : [])];
}

function keyChunk(file: File): Uint8Array[] {
  const key = file.before.get("tRNS");
  const wanted = { 0: 2, 2: 6 }[file.colour];
  return key && key.length === wanted ? [chunk("tRNS", key)] : [];
}

/** The frame as a file of its own. */
function alone(file: File, shown: Frame): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  dataView(header).setUint32(0, shown.width);
  dataView(header).setUint32(4, shown.height);
  header.set([file.depth, file.colour, 0, 0, Number(file.interlaced)], 8);
  const signature = Uint8Array.from(SIGNATURE, (letter) => letter.charCodeAt(0));
  return joined([
    signature,
    chunk("IHDR", header),
    ...colourChunks(file.before),
    ...paletteChunks(file),
    ...keyChunk(file),
    chunk("IDAT", joined(shown.data)),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** Looks through the chunks; throws Refused. */
export function readPng(bytes: Uint8Array): Stored {
  const file: File = {
    width: 0,
    height: 0,
    depth: 0,
    colour: 0,
    interlaced: false,
    palette: null,
    pixels: [],
    pixelsDone: false,
    before: new Map(),
    frame: null,
    frames: 0,
    framePixels: [],
  };
  for (const [name, content] of chunks(bytes)) take(file, name, content);
  if (file.pixels.length === 0 || (file.colour === PALETTE && !file.palette)) {
    throw new Refused("is damaged: it holds no pixels, or no palette for them");
  }
  const shown = firstFrame(file);
  const exif = file.before.get("eXIf");
  return {
    width: file.width,
    height: file.height,
    file: alone(file, shown),
    orientation: exif ? orientation(exif) : UPRIGHT,
    place: { left: shown.left, top: shown.top },
    check: () => checkRows(file, shown),
  };
}

export function isPng(bytes: Uint8Array): boolean {
  return ascii(bytes, 0, SIGNATURE);
}
