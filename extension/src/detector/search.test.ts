import { expect, test } from "vitest";
import { answers, blank, row, RULE } from "./faces.testing";
import { findFaces } from "./search";

const SMALLEST = 60 / 1.7;
const SURE = row(0.9, 0.25, 0.25, 0.5, 0.5);
const DOUBTFUL = row(0.7, 0.25, 0.25, 0.5, 0.5);

test("a small picture with one large face gets one look", async () => {
  const graph = answers([SURE]);
  expect((await findFaces(blank(600, 600), graph, RULE, SMALLEST)).faces).toHaveLength(1);
  expect(graph.looks()).toBe(1);
});

test("a candidate that a second look does not find again is no face", async () => {
  expect((await findFaces(blank(600, 600), answers([DOUBTFUL]), RULE, SMALLEST)).faces).toEqual([]);
});

test("a second look is centred on the candidate at the best size", async () => {
  const graph = answers([row(0.7, 0.5, 0.25, 0.1, 0.1)], [row(0.95, 96 / 256, 96 / 256, 0.25, 0.25)]);
  const [face] = (await findFaces(blank(600, 600), graph, RULE, SMALLEST)).faces;
  expect(face.box.x).toBeCloseTo(300, 0);
  expect(face.box.y).toBeCloseTo(150, 0);
  expect(face.box.score).toBe(0.95);
});

test("several candidates share a second look", async () => {
  const candidates = [row(0.7, 0.1, 0.1, 0.2, 0.2), row(0.6, 0.6, 0.6, 0.19, 0.19), row(0.5, 0.1, 0.6, 0.18, 0.18)];
  const graph = answers(candidates, [row(0.95, 0.125, 0.125, 0.25, 0.25), row(0.9, 0.625, 0.125, 0.25, 0.25)]);
  const { faces } = await findFaces(blank(600, 600), graph, RULE, SMALLEST);
  expect(faces.map(({ box }) => [box.x, box.y, box.width].map(Math.round))).toEqual([
    [60, 60, 120],
    [360, 360, 114],
  ]);
  expect(graph.looks()).toBe(2);
});

test("a candidate that a shared look leaves in doubt gets one of its own", async () => {
  const candidates = [row(0.7, 0.1, 0.1, 0.2, 0.2), row(0.6, 0.6, 0.6, 0.19, 0.19)];
  const own = [row(0.95, 96 / 256, 96 / 256, 0.25, 0.25)];
  const graph = answers(candidates, [row(0.6, 0.625, 0.125, 0.25, 0.25)], own);
  const { faces } = await findFaces(blank(600, 600), graph, RULE, SMALLEST);
  expect(faces.map(({ box }) => [box.x, box.y].map(Math.round))).toEqual([[360, 360]]);
  expect(graph.looks()).toBe(3);
});

const POOR_OR_SURE = [row(0.7, 0.1, 0.1, 0.2, 0.2), row(0.6, 0.6, 0.6, 0.19, 0.19)];
const OWN = [row(0.95, 96 / 256, 96 / 256, 0.25, 0.25)];

test("a candidate that a shared look shows poorly gets none of its own beside a face", async () => {
  const shared = [row(0.95, 0.125, 0.125, 0.25, 0.25), row(0.5, 0.625, 0.125, 0.25, 0.25)];
  const graph = answers(POOR_OR_SURE, shared, OWN);
  const { faces } = await findFaces(blank(600, 600), graph, RULE, SMALLEST);
  expect(faces.map(({ box }) => [box.x, box.y].map(Math.round))).toEqual([[60, 60]]);
  expect(graph.looks()).toBe(2);
});

test("a candidate that a shared look shows poorly gets one of its own where there is no face", async () => {
  const graph = answers(POOR_OR_SURE, [row(0.5, 0.625, 0.125, 0.25, 0.25)], OWN);
  const { faces } = await findFaces(blank(600, 600), graph, RULE, SMALLEST);
  expect(faces.map(({ box }) => [box.x, box.y].map(Math.round))).toEqual([[360, 360]]);
  expect(graph.looks()).toBe(3);
});

test("pieces of a face are no faces", async () => {
  const graph = answers([SURE, row(0.9, 0.3, 0.3, 0.2, 0.2)]);
  expect((await findFaces(blank(600, 600), graph, RULE, SMALLEST)).faces).toHaveLength(1);
});

test("other orientations are tried only when nothing was found", async () => {
  const graph = answers();
  await findFaces(blank(600, 600), graph, RULE, SMALLEST);
  expect(graph.looks()).toBe(4);
});

test("what vanishes in the second look is not looked for upside down", async () => {
  const graph = answers([DOUBTFUL]);
  await findFaces(blank(600, 600), graph, RULE, SMALLEST);
  expect(graph.looks()).toBe(1 + 1 + 3);
});

test("of too many candidates the best are looked at again, and it is said", async () => {
  const bounded = { ...RULE, search: { ...RULE.search, max_candidates: 1 } };
  const candidates = [row(0.5, 0.1, 0.1, 0.3, 0.3), row(0.7, 0.5, 0.5, 0.25, 0.25)];
  const graph = answers(candidates, [row(0.95, 96 / 256, 96 / 256, 0.25, 0.25)]);
  const { faces, finished } = await findFaces(blank(600, 600), graph, bounded, SMALLEST);
  expect(faces.map(({ box }) => Math.round(box.x))).toEqual([300]);
  expect(finished).toBe(false);
});

test("a large picture is viewed in a smaller copy, where it lies", async () => {
  const { faces } = await findFaces(blank(1600, 1600), answers([SURE]), RULE, SMALLEST);
  expect(faces[0].box.x).toBeCloseTo(400, 0);
  expect(faces[0].box.width).toBeCloseTo(800, 0);
});

test("a face that is none in the mirror is not believed", async () => {
  const doubtful = [row(0.7, 0.5, 0.25, 0.1, 0.1)];
  const second = [row(0.85, 98 / 256, 96 / 256, 0.25, 0.25)];
  const there = [row(0.85, 94 / 256, 96 / 256, 0.25, 0.25)];
  expect((await findFaces(blank(600, 600), answers(doubtful, second), RULE, SMALLEST)).faces).toEqual([]);
  const { faces } = await findFaces(blank(600, 600), answers(doubtful, second, [], there), RULE, SMALLEST);
  expect(faces.map(({ box }) => box.score)).toEqual([0.85]);
});

test("a face that a tile shows without doubt gets no second look", async () => {
  const graph = answers([], [row(0.9, 0.25, 0.25, 0.15, 0.15)]);
  const { faces } = await findFaces(blank(1024, 1024), graph, RULE, SMALLEST);
  expect(faces.map(({ box }) => box.score)).toEqual([0.9]);
  expect(graph.looks()).toBe(1 + 4);
});

test("the number of looks is bounded", async () => {
  const graph = answers();
  const bounded = { ...RULE, search: { ...RULE.search, max_tiles: 5 } };
  const { smallest } = await findFaces(blank(1600, 1200), graph, bounded, SMALLEST);
  expect(graph.looks()).toBeLessThanOrEqual(5 + 4);
  expect(smallest).toBeGreaterThan(SMALLEST);
});

test("a search that takes too long says that it stopped", async () => {
  const impatient = { ...RULE, search: { ...RULE.search, max_seconds: 0 } };
  expect((await findFaces(blank(1600, 1200), answers(), impatient, SMALLEST)).finished).toBe(false);
});
