import { expect, test } from "vitest";
import { overWhite } from "./decode";

test("transparent pixels are laid over white", () => {
  const rgba = Uint8ClampedArray.from([10, 20, 30, 255, 0, 0, 0, 0, 100, 0, 255, 128]);
  expect([...overWhite(rgba, 3, 1).data]).toEqual([10, 20, 30, 255, 255, 255, 177, 127, 255]);
});
