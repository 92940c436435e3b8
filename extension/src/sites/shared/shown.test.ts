import { expect, test } from "vitest";
import { cssAddresses, largestInSrcset, samePicture } from "./shown";

test("a srcset's largest address is the one with most pixels, commas in addresses or not", () => {
  expect(largestInSrcset("a.jpg 100w, b,c.jpg 400w, d.jpg 200w")).toBe("b,c.jpg");
  expect(largestInSrcset("a.jpg, b.jpg 2x")).toBe("b.jpg");
  expect(largestInSrcset("a.jpg")).toBe("a.jpg");
  expect(largestInSrcset("")).toBeNull();
});

test("addresses are read from CSS values, quoted or not", () => {
  expect(cssAddresses(`url("a b.png"), linear-gradient(red, blue), url(c.png), url('d\\'e.png')`)).toEqual([
    "a b.png",
    "c.png",
    "d'e.png",
  ]);
  expect(cssAddresses("none")).toEqual([]);
});

test("one picture in two sizes is the same picture", () => {
  expect(samePicture("https://a.example/p-800x800.jpg?s=1", "https://a.example/p-200x200.jpg")).toBe(true);
  expect(samePicture("https://a.example/p.jpg", "https://a.example/q.jpg")).toBe(false);
});
