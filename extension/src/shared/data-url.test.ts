import { expect, test } from "vitest";
import { fromDataUrl, toDataUrl } from "./data-url";

test("bytes survive the way through a data: URL", async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 31) % 256);
  // Compared as a whole: item by item takes seconds on a busy machine.
  expect(Buffer.compare(await fromDataUrl(toDataUrl(bytes)), bytes)).toBe(0);
});

test("a percent-encoded data: URL is read too", async () => {
  expect(await fromDataUrl("data:image/gif,GIF89a%00%ff")).toEqual(Uint8Array.from([71, 73, 70, 56, 57, 97, 0, 255]));
});
