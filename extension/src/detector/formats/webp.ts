import { UPRIGHT } from "./exif";
import { ascii, cutOff, dataView, Refused, text, type Stored } from "./stored";

const HEADER = 12;
const HAS_ALPHA = 0x10;
/** Where the flags of the extended header lie. */
const FLAGS = 20;

interface Chunk {
  name: string;
  content: Uint8Array;
}

function chunksOf(bytes: Uint8Array): Chunk[] {
  const data = dataView(bytes);
  const chunks: Chunk[] = [];
  for (let at = HEADER; at + 8 <= bytes.length;) {
    const length = data.getUint32(at + 4, true);
    if (at + 8 + length > bytes.length) throw cutOff();
    chunks.push({ name: text(bytes, at, 4), content: bytes.subarray(at + 8, at + 8 + length) });
    at += 8 + length + (length % 2);
  }
  return chunks;
}

function sizeOf(first: Chunk | undefined): { width: number; height: number } {
  if (first) {
    const { name, content } = first;
    const data = dataView(content);
    const uint24 = (at: number): number => data.getUint16(at, true) | (data.getUint8(at + 2) << 16);
    if (name === "VP8X" && content.length >= 10) return { width: uint24(4) + 1, height: uint24(7) + 1 };
    if (name === "VP8L" && content.length >= 5) {
      const bits = data.getUint32(1, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    if (name === "VP8 " && content.length >= 10) {
      return { width: data.getUint16(6, true) & 0x3fff, height: data.getUint16(8, true) & 0x3fff };
    }
  }
  throw new Refused("is damaged: its header cannot be read");
}

/** Looks through the chunks; EXIF is left aside, for browsers do not turn WebP. Throws Refused. */
export function readWebp(bytes: Uint8Array): Stored {
  const end = 8 + dataView(bytes).getUint32(4, true);
  if (end > bytes.length) throw cutOff();
  const file = bytes.slice(0, end);
  const chunks = chunksOf(file);
  const size = sizeOf(chunks.at(0));
  const seeThrough = chunks.some(({ name, content }) => name === "VP8L" && (content[4] & 0x10) > 0);
  // Without the flag for it browsers differ over what is transparent.
  if (chunks[0].name === "VP8X" && seeThrough) file[FLAGS] |= HAS_ALPHA;
  return { ...size, file, orientation: UPRIGHT };
}

export function isWebp(bytes: Uint8Array): boolean {
  return ascii(bytes, 0, "RIFF") && ascii(bytes, 8, "WEBP");
}
