import type { Warning } from "../../presentation/report.generated";
import { orientation, UPRIGHT } from "./exif";
import { ascii, cutOff, dataView, joined, Refused, unsupported, type Decoded, type Stored } from "./stored";

const START = 0xd8;
const END = 0xd9;
const SCAN = 0xda;
const PROGRESSIVE = 0xc2;
const FRAMES = [0xc0, 0xc1, 0xc2];
const ARITHMETIC = [0xc9, 0xca, 0xcc];
const OTHER_FRAMES = [0xc3, 0xc5, 0xc6, 0xc7, 0xcb, 0xcd, 0xce, 0xcf];
const TABLES = [0xc4, 0xdb, 0xdc, 0xdd];
const COMMENT = 0xfe;
/** JFIF's and Adobe's, which say how the colours are stored. */
const COLOUR_SEGMENTS = [0xe0, 0xee];
const PROFILE_SEGMENT = 0xe2;

const EXIF = "Exif\0\0";
const ICC = "ICC_PROFILE\0";

/** libjpeg fills what it has no data for with this grey. */
const FILLING = 128;
/** With a profile the filling is shown as some grey near it. */
const FILLING_SHOWN = { from: 100, to: 160 };
const BLOCK = 8;
const COEFFICIENTS = 64;

const INCOMPLETE: Warning = {
  code: "incomplete",
  detail: "the JPEG picture ends before all of it has been told: a part is missing or blurred",
};

interface File {
  width: number;
  height: number;
  progressive: boolean;
  /** Of each component the coefficients that are told to their last bit. */
  components: Map<number, Set<number>>;
  scans: number;
  exif: Uint8Array | null;
  icc: Map<number, Uint8Array>;
  iccParts: number;
  /** Pieces that a decoder needs, without metadata. */
  pieces: Uint8Array[];
  iccPieces: Uint8Array[];
}

const isApplication = (marker: number): boolean => marker >= 0xe0 && marker <= 0xef;
const hasNoLength = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);

function takeFrame(file: File, marker: number, content: Uint8Array): void {
  const count = content[5] ?? 0;
  if (file.width > 0 || ![1, 3, 4].includes(count) || content.length < 6 + 3 * count) {
    throw new Refused("is damaged: its frame cannot be read");
  }
  if (content[0] !== 8) throw unsupported(`has ${content[0]} bits a colour, which browsers do not read`);
  file.height = (content[1] << 8) | content[2];
  file.width = (content[3] << 8) | content[4];
  if (file.width * file.height === 0) throw new Refused(`is damaged: it has ${file.width} x ${file.height} pixels`);
  file.progressive = marker === PROGRESSIVE;
  for (let number = 0; number < count; number++) file.components.set(content[6 + 3 * number], new Set());
}

function takeScan(file: File, content: Uint8Array): void {
  const count = content[0] ?? 0;
  if (file.width === 0 || content.length < 4 + 2 * count) throw new Refused("is damaged: its scan cannot be read");
  file.scans += 1;
  const [first, last, bits] = content.subarray(1 + 2 * count);
  // Done with the last bit of these coefficients.
  const done = !file.progressive || (bits & 15) === 0;
  const [from, to] = file.progressive ? [first, last] : [0, COEFFICIENTS - 1];
  for (let number = 0; number < count && done; number++) {
    const id = content[1 + 2 * number];
    const told = file.components.get(id) ?? new Set<number>();
    for (let coefficient = from; coefficient <= to; coefficient++) told.add(coefficient);
    file.components.set(id, told);
  }
}

function takeMetadata(file: File, content: Uint8Array): void {
  if (ascii(content, 0, EXIF)) {
    file.exif ??= content.subarray(EXIF.length);
  } else if (ascii(content, 0, ICC) && content.length > ICC.length + 2) {
    file.iccParts = content[ICC.length + 1];
    file.icc.set(content[ICC.length], content.subarray(ICC.length + 2));
  }
}

function take(file: File, marker: number, content: Uint8Array): void {
  if (FRAMES.includes(marker)) takeFrame(file, marker, content);
  else if (ARITHMETIC.includes(marker)) throw unsupported("is coded arithmetically, which not every browser can read");
  else if (OTHER_FRAMES.includes(marker)) throw unsupported("is lossless or hierarchical, which browsers do not read");
  else if (marker === SCAN) takeScan(file, content);
  else if (isApplication(marker) || marker === COMMENT) {
    if (file.scans === 0) takeMetadata(file, content);
  } else if (!TABLES.includes(marker)) {
    throw new Refused(`is damaged: it has a marker 0x${marker.toString(16).padStart(2, "0")}`);
  }
}

/** The place of the next marker's code: between segments and in compressed data, what is no marker is passed over. */
function nextMarker(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at)) {
    while (bytes[at] === 0xff) at += 1;
    if (at >= bytes.length) return -1;
    if (bytes[at] !== 0) return at;
  }
  return -1;
}

function walk(bytes: Uint8Array): File {
  const file: File = {
    width: 0,
    height: 0,
    progressive: false,
    components: new Map(),
    scans: 0,
    exif: null,
    icc: new Map(),
    iccParts: 0,
    pieces: [bytes.subarray(0, 2)],
    iccPieces: [],
  };
  let at = 2;
  let kept = 2;
  for (;;) {
    const found = nextMarker(bytes, at);
    if (found < 0) throw cutOff();
    const marker = bytes[found];
    at = found + 1;
    if (marker === END) {
      file.pieces.push(bytes.subarray(kept, at));
      return file;
    }
    if (hasNoLength(marker)) continue;
    const length = Math.max(2, (bytes[at] << 8) | bytes[at + 1]);
    if (at + length > bytes.length) throw cutOff();
    if ((isApplication(marker) && !COLOUR_SEGMENTS.includes(marker)) || marker === COMMENT) {
      file.pieces.push(bytes.subarray(kept, found - 1));
      kept = at + length;
      if (marker === PROFILE_SEGMENT && file.scans === 0) file.iccPieces.push(bytes.subarray(found - 1, kept));
    }
    take(file, marker, bytes.subarray(at + 2, at + length));
    at += length;
  }
}

/** Whether all browsers heed the profile: whole, and for the kind of colours that the picture has. */
function hasProfile(file: File): boolean {
  for (let number = 1; number <= file.iccParts; number++) {
    if (!file.icc.has(number)) return false;
  }
  const head = file.icc.get(1);
  if (!head) return false;
  if (file.components.size === 3) return ascii(head, 16, "RGB ");
  return file.components.size === 1 && ascii(head, 16, "GRAYXYZ ");
}

/** Whether a progressive file leaves coefficients untold, or another one a colour. */
function lacksScans(file: File): boolean {
  return [...file.components.values()].some((told) => told.size < COEFFICIENTS);
}

/** The last block is what a decoder fills in for data that never came. */
function endsInFilling({ width, height, rgba }: Decoded, withProfile: boolean): boolean {
  const filling = rgba[(width * height - 1) * 4];
  const { from, to } = withProfile ? FILLING_SHOWN : { from: FILLING, to: FILLING };
  if (filling < from || filling > to) return false;
  for (let y = Math.floor((height - 1) / BLOCK) * BLOCK; y < height; y++) {
    for (let x = Math.floor((width - 1) / BLOCK) * BLOCK; x < width; x++) {
      const at = (y * width + x) * 4;
      if (rgba[at] !== filling || rgba[at + 1] !== filling || rgba[at + 2] !== filling) return false;
    }
  }
  return true;
}

/** Looks through the segments; throws Refused. */
export function readJpeg(bytes: Uint8Array): Stored {
  const file = walk(bytes);
  if (file.width === 0 || file.scans === 0) throw new Refused("is damaged: it holds no pixels");
  const profile = hasProfile(file);
  const [start, ...rest] = file.pieces;
  const lacking = lacksScans(file);
  const inks = file.components.size === 4;
  return {
    width: file.width,
    height: file.height,
    file: joined([start, ...(profile ? file.iccPieces : []), ...rest]),
    orientation: file.exif ? orientation(file.exif) : UPRIGHT,
    inspect: (decoded) => (lacking || (!inks && endsInFilling(decoded, profile)) ? [INCOMPLETE] : []),
  };
}

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes.length > 2 && dataView(bytes).getUint16(0) === (0xff00 | START) && bytes[2] === 0xff;
}
