import { expect, test } from "vitest";
import { gradient, referenceInput, selfCheck } from "./self-check";

const NETWORK = {
  reference: { picture: "gradient", logit: 1.5 },
  golden: [
    { picture: "golden/0.png", logit: -2 },
    { picture: "golden/1.png", logit: 3 },
  ],
};

const answering = (logits: Record<string, number>) => (picture: string) => Promise.resolve(logits[picture]);
const RIGHT = { gradient: 1.46, "golden/0.png": -2.04, "golden/1.png": 3 };

test("the gradient is the one that the bundle means", () => {
  expect([...gradient(2)]).toEqual([0, 50, 100, 3, 53, 103, 7, 57, 107, 10, 60, 110]);
});

test("the gradient needs no file", async () => {
  const limits = { formats: [], max_bytes: 0, max_pixels: 0 };
  expect(await referenceInput("gradient", 2, "nowhere/", limits)).toEqual(gradient(2));
});

test("a runtime that answers as the bundle says is trusted", async () => {
  await expect(selfCheck(NETWORK, answering(RIGHT))).resolves.toBeUndefined();
  await expect(selfCheck({ reference: NETWORK.reference }, answering(RIGHT))).resolves.toBeUndefined();
});

test.each([
  ["gradient", 1.56, "this browser computes 1.560 for the bundle's picture gradient where 1.500 is right"],
  ["golden/1.png", 8, "this browser computes 8.000 for the bundle's picture golden/1.png where 3.000 is right"],
  ["golden/0.png", NaN, "this browser computes NaN for the bundle's picture golden/0.png where -2.000 is right"],
])("a runtime that strays on %s is refused", async (picture, logit, message) => {
  await expect(selfCheck(NETWORK, answering({ ...RIGHT, [picture]: logit }))).rejects.toThrow(message);
});
