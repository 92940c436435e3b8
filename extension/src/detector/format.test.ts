import { expect, test } from "vitest";
import { hasEndOfImage, mediaType, readHeader, sniff } from "./format";

function bytes(...parts: (string | number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === "string" ? [...part].map((c) => c.charCodeAt(0)) : part)),
  );
}

const THUMBNAIL = [0xff, 0xe1, 0, 10, 0xff, 0xd8, 0xff, 0xc0, 0, 9, 0xff, 0xd9];
const FRAME = [0xff, 0xc2, 0, 11, 8, 0x01, 0x2c, 0x02, 0x58, 1, 0, 0x11, 0];
const SCAN = [0xff, 0xda, 0, 3, 0, 0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56];
const JPEG = bytes([0xff, 0xd8], THUMBNAIL, FRAME, SCAN, [0xff, 0xd9]);
const PNG = bytes("\x89PNG\r\n\x1a\n", [0, 0, 0, 13], "IHDR", [0, 0, 2, 0, 0, 0, 1, 0]);
const GIF = bytes("GIF89a", [0x40, 1, 0xf0, 0]);
const WEBP_LOSSY = bytes("RIFF", [0, 0, 0, 0], "WEBPVP8 ", [0, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xf0, 0]);
const WEBP_LOSSLESS = bytes("RIFF", [0, 0, 0, 0], "WEBPVP8L", [0, 0, 0, 0, 0x2f, 0x3f, 0xc1, 0x3b, 0]);
const WEBP_EXTENDED = bytes("RIFF", [0, 0, 0, 0], "WEBPVP8X", [10, 0, 0, 0, 0, 0, 0, 0, 0x3f, 1, 0, 0xef, 0, 0]);
const BMP = bytes("BM", new Array(12).fill(0), [40, 0, 0, 0, 0x40, 1, 0, 0, 0x10, 0xff, 0xff, 0xff]);
const AVIF = bytes(
  [0, 0, 0, 24],
  "ftypmif1",
  [0, 0, 0, 0],
  "mif1avif",
  [0, 0, 0, 20],
  "ispe",
  [0, 0, 0, 0, 0, 0, 1, 0x40, 0, 0, 0, 0xf0],
);
const HEIC = bytes([0, 0, 0, 24], "ftypheic", [0, 0, 0, 0], "mif1heic");

const CASES = [
  ["JPEG", JPEG, 600, 300],
  ["PNG", PNG, 512, 256],
  ["GIF", GIF, 320, 240],
  ["WEBP", WEBP_LOSSY, 320, 240],
  ["WEBP", WEBP_LOSSLESS, 320, 240],
  ["WEBP", WEBP_EXTENDED, 320, 240],
  ["BMP", BMP, 320, 240],
  ["AVIF", AVIF, 320, 240],
] as const;

for (const [format, data, width, height] of CASES) {
  test(`${format} is known by its content and its header is read`, () => {
    expect(sniff(data)).toBe(format);
    expect(readHeader(format, data)).toEqual({ format, width, height });
  });
}

test("HEIC, HTML and nothing are no supported pictures", () => {
  expect([HEIC, bytes("<!doctype html>"), bytes("")].map(sniff)).toEqual([null, null, null]);
});

test("a header that ends too early is damaged", () => {
  expect(readHeader("PNG", PNG.subarray(0, 18))).toBeNull();
  expect(readHeader("JPEG", JPEG.subarray(0, 16))).toBeNull();
});

test("a JPEG has its end although escaped bytes and restart markers come before", () => {
  expect(hasEndOfImage(JPEG)).toBe(true);
});

test("the end of a thumbnail is not the end of the picture", () => {
  expect(hasEndOfImage(JPEG.subarray(0, JPEG.length - 2))).toBe(false);
  expect(hasEndOfImage(JPEG.subarray(0, JPEG.length - 1))).toBe(false);
});

test("the media type follows the content", () => {
  expect([mediaType(JPEG), mediaType(bytes("what?"))]).toEqual(["image/jpeg", "application/octet-stream"]);
});
