import { UPRIGHT } from "./exif";
import { ascii, cutOff, dataView, joined, Refused, type Stored } from "./stored";

const HEADER = 13;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const END = 0x3b;
const GRAPHIC_CONTROL = 0xf9;
const HAS_TABLE = 0x80;
const INTERLACED = 0x40;
const TABLE_BITS = 7;
const WHOLE_TABLE = 768;
const MOST_CODES = 4096;

/** The first frame: size, place on the screen, and all that it takes to decode it alone. */
interface Frame {
  width: number;
  height: number;
  left: number;
  top: number;
  control: Uint8Array;
  interlaced: boolean;
  palette: Uint8Array;
  codeSize: number;
  /** Blocks with their lengths and the empty one at the end. */
  blocks: Uint8Array;
}

const NONE: Uint8Array = new Uint8Array(0);

/** A table of colours, empty if there is none. */
function table(bytes: Uint8Array, flags: number, at: number): Uint8Array {
  if (!(flags & HAS_TABLE)) return NONE;
  const end = at + (6 << (flags & TABLE_BITS));
  if (end > bytes.length) throw cutOff();
  return bytes.subarray(at, end);
}

function blocksAt(bytes: Uint8Array, start: number): Uint8Array {
  let at = start;
  while (bytes[at] > 0) at += 1 + bytes[at];
  if (at >= bytes.length) throw cutOff();
  return bytes.subarray(start, at + 1);
}

function frameAt(bytes: Uint8Array, start: number, control: Uint8Array, global: Uint8Array): Frame {
  const data = dataView(bytes);
  const [left, top, width, height] = [1, 3, 5, 7].map((place) => data.getUint16(start + place, true));
  const flags = data.getUint8(start + 9);
  const local = table(bytes, flags, start + 10);
  const at = start + 10 + local.length;
  const codeSize = data.getUint8(at);
  if (codeSize < 2 || codeSize > 8 || width * height === 0) {
    throw new Refused("is damaged: its first frame cannot be read");
  }
  const palette = local.length > 0 ? local : global;
  const interlaced = (flags & INTERLACED) > 0;
  return { left, top, width, height, control, interlaced, palette, codeSize, blocks: blocksAt(bytes, at + 1) };
}

function walk(bytes: Uint8Array): Frame {
  const global = table(bytes, bytes[10], HEADER);
  let at = HEADER + global.length;
  let control = NONE;
  for (;;) {
    if (at >= bytes.length) throw cutOff();
    if (bytes[at] === EXTENSION) {
      const blocks = blocksAt(bytes, at + 2);
      const end = at + 2 + blocks.length;
      if (bytes[at + 1] === GRAPHIC_CONTROL && blocks[0] === 4) control = bytes.subarray(at, end);
      at = end;
    } else if (bytes[at] === IMAGE) {
      return frameAt(bytes, at, control, global);
    } else {
      throw new Refused(bytes[at] === END ? "is damaged: it holds no frame" : "is damaged: it has an unknown block");
    }
  }
}

/** The codes of one frame, least significant bit first; the width of the next one is asked for each time. */
function* bits(blocks: Uint8Array): Generator<number, void, number> {
  let buffer = 0;
  let held = 0;
  let width = yield 0;
  for (let block = 0; blocks[block] > 0; block += 1 + blocks[block]) {
    for (let at = block + 1; at <= block + blocks[block]; at++) {
      buffer |= blocks[at] << held;
      held += 8;
      while (held >= width) {
        const code = buffer & ((1 << width) - 1);
        buffer >>>= width;
        held -= width;
        width = yield code;
      }
    }
  }
}

/** Firefox makes up pixels that are not there, so the codes are followed, by the lengths of what they stand for. */
export function checkPixels({
  width,
  height,
  codeSize,
  blocks,
}: Pick<Frame, "width" | "height" | "codeSize" | "blocks">): void {
  const clear = 1 << codeSize;
  const lengths = new Uint16Array(MOST_CODES).fill(1, 0, clear);
  const codes = bits(blocks);
  codes.next();
  let next = clear + 2;
  let size = codeSize + 1;
  let last = -1;
  let pixels = 0;
  while (pixels < width * height) {
    const { value: code, done } = codes.next(size);
    if (done || code === clear + 1) throw new Refused("is damaged: pixels of its first frame are missing");
    if (code === clear) {
      next = clear + 2;
      size = codeSize + 1;
      last = -1;
      continue;
    }
    const known = last < 0 ? code < clear : code < next || (code === next && next < MOST_CODES);
    if (!known) throw new Refused("is damaged: its first frame cannot be unpacked");
    if (last >= 0 && next < MOST_CODES) {
      lengths[next] = lengths[last] + 1;
      next += 1;
      if (next === 1 << size && size < 12) size += 1;
    }
    pixels += lengths[code];
    last = code;
  }
}

/** A file of this frame alone. Colours beyond the palette's end are black. */
function alone(frame: Frame): Uint8Array<ArrayBuffer> {
  const screen = new Uint8Array(HEADER);
  screen.set([..."GIF89a"].map((letter) => letter.charCodeAt(0)));
  dataView(screen).setUint16(6, frame.width, true);
  dataView(screen).setUint16(8, frame.height, true);
  const described = new Uint8Array(10);
  described[0] = IMAGE;
  dataView(described).setUint16(5, frame.width, true);
  dataView(described).setUint16(7, frame.height, true);
  described[9] = HAS_TABLE | TABLE_BITS | (frame.interlaced ? INTERLACED : 0);
  const palette = new Uint8Array(WHOLE_TABLE);
  palette.set(frame.palette);
  return joined([
    screen,
    frame.control,
    described,
    palette,
    Uint8Array.of(frame.codeSize),
    frame.blocks,
    Uint8Array.of(END),
  ]);
}

/** Looks through the blocks up to the end of the first frame; throws Refused. */
export function readGif(bytes: Uint8Array): Stored {
  if (bytes.length < HEADER) throw cutOff();
  const frame = walk(bytes);
  if (frame.palette.length === 0) throw new Refused("has no palette: every program makes up colours of its own");
  const data = dataView(bytes);
  const screen = { width: data.getUint16(6, true), height: data.getUint16(8, true) };
  const { left, top, width, height } = frame;
  if ((left + width > screen.width || top + height > screen.height) && (left > 0 || top > 0)) {
    throw new Refused("is damaged: its first frame lies outside of it");
  }
  return {
    width: Math.max(screen.width, width),
    height: Math.max(screen.height, height),
    file: alone(frame),
    orientation: UPRIGHT,
    place: { left, top },
    check: () => checkPixels(frame),
  };
}

export function isGif(bytes: Uint8Array): boolean {
  return ascii(bytes, 0, "GIF87a") || ascii(bytes, 0, "GIF89a");
}
