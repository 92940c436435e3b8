import { UPRIGHT } from "./exif";
import { ascii, cutOff, dataView, Refused, unsupported, type Stored } from "./stored";

const FILE_HEADER = 14;
const CORE = 12;
const INFO = 40;
const WITH_MASKS = 52;
const WITH_ALPHA = 56;
/** OS/2's second header, in which other fields lie where later ones have masks. */
const OS2 = [16, 64];
const HEADERS = [CORE, ...OS2, INFO, WITH_MASKS, WITH_ALPHA, 108, 124];

const PLAIN = 0;
const RLE8 = 1;
const RLE4 = 2;
const FIELDS = 3;
const DEPTHS: Record<number, number[]> = {
  [PLAIN]: [1, 4, 8, 16, 24, 32],
  [RLE8]: [8],
  [RLE4]: [4],
  [FIELDS]: [16, 32],
};

interface File {
  width: number;
  height: number;
  header: number;
  depth: number;
  compression: number;
  colours: number;
  pixels: Uint8Array;
}

function lowest(mask: number): number {
  return (mask & -mask) >>> 0;
}

function isContiguous(mask: number): boolean {
  return ((mask + lowest(mask)) & mask) === 0;
}

/** Gives what comes after the bit fields. */
function checkMasks(data: DataView, { header, depth, compression }: Omit<File, "pixels">): number {
  const end = FILE_HEADER + header;
  if (compression !== FIELDS) return end;
  const masks = [0, 4, 8].map((at) => data.getUint32(FILE_HEADER + INFO + at, true));
  const alpha = header >= WITH_ALPHA ? data.getUint32(FILE_HEADER + WITH_MASKS, true) : 0;
  const fits = [...masks, alpha].every((mask) => isContiguous(mask) && mask < 2 ** depth);
  if (masks.includes(0) || !fits) throw new Refused("is damaged: its bit fields are empty, broken or too wide");
  const [red, green, blue] = masks;
  if (red & green || green & blue || red & blue) throw new Refused("is damaged: its bit fields overlap");
  return Math.max(end, FILE_HEADER + WITH_MASKS);
}

/** Gives what comes after the palette. */
function checkPalette(bytes: Uint8Array, start: number, offset: number, file: Omit<File, "pixels">): number {
  if (file.depth > 8) return start;
  const most = 1 << file.depth;
  const end = start + Math.min(file.colours || most, most) * (file.header === CORE ? 3 : 4);
  if (offset < end) throw new Refused("is damaged: its palette is incomplete");
  if (end > bytes.length) throw cutOff();
  return end;
}

function readHeader(bytes: Uint8Array): File {
  const data = dataView(bytes);
  const offset = data.getUint32(10, true);
  const header = data.getUint32(14, true);
  if (!HEADERS.includes(header)) throw new Refused("is damaged: its header cannot be read");
  const old = header === CORE;
  const width = old ? data.getUint16(18, true) : data.getInt32(18, true);
  const height = old ? data.getUint16(20, true) : data.getInt32(22, true);
  const depth = data.getUint16(old ? 24 : 28, true);
  const compression = header >= INFO ? data.getUint32(30, true) : PLAIN;
  const colours = header >= INFO ? data.getUint32(46, true) : 0;
  if (width <= 0 || height === 0) throw new Refused(`is damaged: it has ${width} x ${height} pixels`);
  if (!DEPTHS[compression]?.includes(depth) || (OS2.includes(header) && compression === FIELDS)) {
    throw unsupported(`has ${depth} bits a pixel with compression ${compression}, which not every browser reads`);
  }
  const file = { width, height: Math.abs(height), header, depth, compression, colours };
  const end = checkPalette(bytes, checkMasks(data, file), offset, file);
  if (offset < end) throw new Refused("is damaged: its pixels begin within its header");
  if (offset > bytes.length) throw cutOff();
  return { ...file, pixels: bytes.subarray(offset) };
}

/** Browsers make up pixels that are not told, each in its own way, so the runs are counted first. */
function checkRuns({ width, height, compression, pixels }: File): void {
  const packed = compression === RLE4;
  let at = 0;
  let row = 0;
  const run = (length: number): void => {
    if (row >= height || at + length > (row + 1) * width)
      throw new Refused("is damaged: a run of its pixels leaves the picture");
    at += length;
  };
  for (let place = 0; place + 2 <= pixels.length;) {
    const [count, value] = pixels.subarray(place, place + 2);
    place += 2;
    if (count > 0) {
      run(count);
    } else if (value === 0) {
      if (at !== (row + 1) * width) throw new Refused("is damaged: a row of its pixels is incomplete");
      row += 1;
    } else if (value === 1) {
      break;
    } else if (value === 2) {
      throw new Refused("is damaged: it skips pixels, which browsers colour each in its own way");
    } else {
      const length = packed ? Math.ceil(value / 2) : value;
      if (place + length > pixels.length) throw cutOff();
      run(value);
      place += length + (length % 2);
    }
  }
  if (at !== width * height) throw new Refused("is damaged: pixels are missing");
}

/** Looks through the header; throws Refused. */
export function readBmp(bytes: Uint8Array): Stored {
  let file: File;
  try {
    file = readHeader(bytes);
  } catch (error) {
    if (error instanceof RangeError) throw cutOff();
    throw error;
  }
  const { width, height, depth, compression, pixels } = file;
  const runs = compression === RLE8 || compression === RLE4;
  if (!runs && pixels.length < Math.ceil((width * depth) / 32) * 4 * height) throw cutOff();
  return { width, height, file: bytes.slice(), orientation: UPRIGHT, check: () => runs && checkRuns(file) };
}

export function isBmp(bytes: Uint8Array): boolean {
  return ascii(bytes, 0, "BM");
}
