import { expect, test } from "vitest";
import { bestFace, selfCheck } from "./self-check";

const SIZE = 2;
const LENGTH = SIZE * SIZE * 3;
const KNOWN = { pictures: "golden/net.rgb", answers: [[1.5], [-2]], max_delta: 0.05 };

/** Two pictures: the first is 0, 1, 2 ..., the second begins with 100. */
const read = (path: string) =>
  Promise.resolve(
    Uint8Array.from({ length: path === KNOWN.pictures ? 2 * LENGTH : 5 }, (_, at) => (at < LENGTH ? at : 100)),
  );

const answering = (first: number[], second: number[]) => (input: Float32Array) =>
  Promise.resolve(input[0] === 100 ? second : first);

test("each golden picture is what the graph is run on", async () => {
  const seen: Float32Array[] = [];
  await selfCheck("net", SIZE, KNOWN, read, (input) => {
    seen.push(input);
    return Promise.resolve(KNOWN.answers[seen.length - 1]);
  });
  expect([...seen[0]]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect([...seen[1]]).toEqual(Array.from({ length: LENGTH }, () => 100));
});

test("a graph that answers as the bundle says is trusted", async () => {
  await expect(selfCheck("net", SIZE, KNOWN, read, answering([1.46], [-2.04]))).resolves.toBeUndefined();
});

test.each([
  [[1.56], [-2], "net computes 1.560 for golden picture 1 of the bundle in this browser, where 1.500 is right"],
  [[1.5], [8], "net computes 8.000 for golden picture 2 of the bundle in this browser, where -2.000 is right"],
  [[1.5], [NaN], "net computes NaN for golden picture 2"],
  [[1.5], [], "net computes  for golden picture 2"],
])("a graph that strays is refused: %j, %j", async (first, second, message) => {
  await expect(selfCheck("net", SIZE, KNOWN, read, answering(first, second))).rejects.toThrow(message);
});

test("any value of a row that strays is enough", async () => {
  const row = {
    ...KNOWN,
    answers: [
      [0.9, 0.1, 0.2, 0.3, 0.4],
      [0, 0, 0, 0, 0],
    ],
  };
  const right = answering([0.9, 0.1, 0.2, 0.3, 0.4], [0, 0, 0, 0, 0]);
  await expect(selfCheck("faces", SIZE, row, read, right)).resolves.toBeUndefined();
  const wrong = answering([0.9, 0.1, 0.2, 0.3, 0.5], [0, 0, 0, 0, 0]);
  await expect(selfCheck("faces", SIZE, row, read, wrong)).rejects.toThrow(
    "faces computes 0.900, 0.100, 0.200, 0.300, 0.500",
  );
});

test("a file of another size is refused", async () => {
  const cut = { ...KNOWN, pictures: "golden/cut.rgb" };
  await expect(selfCheck("net", SIZE, cut, read, answering([1.5], [-2]))).rejects.toThrow(
    "the bundle's golden/cut.rgb holds 5 bytes, not 2 pictures of 2 x 2",
  );
});

test("the best face is the row with the best score", () => {
  const anchors = Float32Array.from([0.25, 1, 1, 1, 1, 0.75, 2, 2, 2, 2, 0.5, 3, 3, 3, 3]);
  expect([...bestFace(anchors, 5)]).toEqual([0.75, 2, 2, 2, 2]);
});
