import { deflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { mediaType, readStored, sniff } from ".";
import { orientation } from "./exif";
import { checkPixels } from "./gif";
import { dataView, type Stored } from "./stored";

function bytes(...parts: (string | number[] | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === "string" ? [...part].map((c) => c.charCodeAt(0)) : [...part])),
  );
}

const THUMBNAIL = [0xff, 0xe1, 0, 10, 0xff, 0xd8, 0xff, 0xc0, 0, 9, 0xff, 0xd9];
const FRAME = [0xff, 0xc0, 0, 11, 8, 0x01, 0x2c, 0x02, 0x58, 1, 1, 0x11, 0];
const SCAN = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56];
const JPEG = bytes([0xff, 0xd8], THUMBNAIL, FRAME, SCAN, [0xff, 0xd9]);
const HEIC = bytes([0, 0, 0, 24], "ftypheic", [0, 0, 0, 0], "mif1heic");
const AVIF = bytes([0, 0, 0, 24], "ftypmif1", [0, 0, 0, 0], "mif1avif");

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return (error as Error).message;
  }
  return "read";
}

test("the media type follows the content", () => {
  const kinds = [JPEG, bytes("GIF89a"), bytes("RIFF", [0, 0, 0, 0], "WEBP"), bytes("BM"), AVIF, bytes("what?")];
  const types = ["image/jpeg", "image/gif", "image/webp", "image/bmp", "image/avif", "application/octet-stream"];
  expect(kinds.map(mediaType)).toEqual(types);
});

test("HEIC, HTML and nothing are no supported pictures", () => {
  expect([HEIC, bytes("<!doctype html>"), bytes("")].map(sniff)).toEqual([null, null, null]);
});

test("a JPEG is whole although escaped bytes and restart markers come before its end", () => {
  expect(readStored("JPEG", JPEG)).toMatchObject({ width: 600, height: 300, orientation: 1 });
});

test("the end of a thumbnail is not the end of the picture", () => {
  for (const missing of [1, 2]) {
    expect(refusal(() => readStored("JPEG", JPEG.subarray(0, JPEG.length - missing)))).toBe("is cut off");
  }
});

test("metadata never reaches the browser's decoder", () => {
  const { file } = readStored("JPEG", JPEG);
  expect(file.length).toBe(JPEG.length - THUMBNAIL.length);
});

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function chunk(name: string, content: Uint8Array): Uint8Array {
  const body = bytes(name, content);
  let crc = 0xffffffff;
  for (const byte of body) crc = CRC[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  const [head, tail] = [new Uint8Array(4), new Uint8Array(4)];
  dataView(head).setUint32(0, content.length);
  dataView(tail).setUint32(0, (crc ^ 0xffffffff) >>> 0);
  return bytes(head, body, tail);
}

/** Two pixels of grey in each of `rows` rows, in a picture of three rows. */
function png(rows: number): Stored {
  const header = bytes([0, 0, 0, 2, 0, 0, 0, 3, 8, 0, 0, 0, 0]);
  const pixels = deflateSync(new Uint8Array(rows * 3));
  const signature = bytes("\x89PNG\r\n\x1a\n");
  return readStored(
    "PNG",
    bytes(signature, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", bytes("")), "surplus"),
  );
}

test("a PNG with all of its rows is sound, one with fewer is damaged", () => {
  expect(png(3)).toMatchObject({ width: 2, height: 3 });
  expect(refusal(() => png(3).check?.())).toBe("read");
  expect(refusal(() => png(2).check?.())).toBe("is damaged: rows of its pixels are missing");
});

// Four colours in codes of three bits: clear, 0, 1, the string that was just made, end.
const CODES = [4, 0, 1, 6, 5].reduce((sum, code, at) => sum + code * 8 ** at, 0);
const GIF_BLOCKS = bytes([2, CODES & 255, CODES >> 8, 0]);

test("a GIF's codes are followed by what they stand for", () => {
  const frame = { codeSize: 2, blocks: GIF_BLOCKS, height: 1 };
  expect(refusal(() => checkPixels({ ...frame, width: 4 }))).toBe("read");
  expect(refusal(() => checkPixels({ ...frame, width: 5 }))).toBe("is damaged: pixels of its first frame are missing");
});

const TIFF = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0];

test("an orientation is one number of type SHORT", () => {
  const changed = (at: number, value: number): Uint8Array => bytes(TIFF.with(at, value));
  expect([bytes(TIFF), changed(12, 4), changed(14, 2), changed(18, 9)].map(orientation)).toEqual([6, 1, 1, 1]);
});

test("damaged EXIF leaves the picture as it is", () => {
  expect([bytes(TIFF.slice(0, 12)), bytes(""), bytes("rubbish!")].map(orientation)).toEqual([1, 1, 1]);
});
