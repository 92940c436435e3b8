import type { FaceDetector } from "./manifest";
import {
  angleFrom,
  angleOf,
  intersection,
  look,
  lookAtSeveral,
  mirrored,
  onCanvas,
  overlap,
  times,
  turnsOf,
  viewAround,
  viewWhole,
  type Box,
  type Face,
  type FaceGraph,
  type View,
} from "./faces";
import { cut, type Pixels } from "./pixels";
import { reduce, resize } from "./resize";

export interface Search {
  /** Largest area first. */
  faces: Face[];
  /** Whether the search came to its end within its bounds of time and of candidates; if not, faces may be missing. */
  finished: boolean;
  /** The longer side in pixels of the smallest box that was searched for. */
  smallest: number;
}

/** Of the whole picture; upright first, then on either side and upside down. */
const ORIENTATIONS = [0, 1, 3, 2];

/** Candidates that get a second look in one run of the detector: so many views of half its side fit into its input. */
const TOGETHER = 4;

interface Size {
  width: number;
  height: number;
}

function area({ width, height }: Box): number {
  return width * height;
}

function largestFirst(faces: Face[]): Face[] {
  return faces.toSorted((a, b) => area(b.box) - area(a.box));
}

/** Whether a face seen in the upright picture needs no second look. */
function isSure(face: Face, { search }: FaceDetector): boolean {
  return face.box.score >= search.sure_score && face.seen >= search.best_size / 2 && turnsOf(face) === 0;
}

/** Where tiles of `size` begin that cover `length`, evenly spaced, each over at least `overlap` of the next. */
function starts(length: number, size: number, overlap: number): number[] {
  if (length <= size) return [0];
  const count = Math.ceil((length - overlap) / (size - overlap));
  return Array.from({ length: count }, (_, index) => Math.floor((index * (length - size)) / (count - 1) + 0.5));
}

function countTiles({ width, height }: Size, { input_size: size, search }: FaceDetector): number {
  return starts(width, size, search.overlap).length * starts(height, size, search.overlap).length;
}

/** Sizes of the picture, finest first, whose tiles show what the whole is too coarse for; and the finest scale. */
function levels({ width, height }: Size, rule: FaceDetector, smallest: number): { sizes: Size[]; scale: number } {
  const whole = rule.input_size / Math.max(width, height);
  let scale = Math.min(1, rule.search.smallest_size / smallest);
  for (;;) {
    const sizes: Size[] = [];
    for (let level = scale; level > whole * rule.search.finer_by; level /= rule.search.coarser_by) {
      sizes.push({
        width: Math.max(1, Math.floor(width * level + 0.5)),
        height: Math.max(1, Math.floor(height * level + 0.5)),
      });
    }
    const tiles = sizes.reduce((sum, size) => sum + countTiles(size, rule), 0);
    if (tiles <= rule.search.max_tiles) return { sizes, scale };
    scale *= 0.95;
  }
}

/** A picture and, where looks need less than its pixels, one smaller by a whole factor, which costs less to view. */
interface Scaled {
  picture: Pixels;
  small: Pixels;
  factor: number;
}

function around({ picture, small, factor }: Scaled, box: Box, rule: FaceDetector, viewSize: number): View {
  if (factor === 1 || Math.max(box.width, box.height) < rule.search.best_size * factor) {
    return viewAround(picture, box, rule, viewSize);
  }
  const { x, y, width, height, score } = box;
  const smaller = { x: x / factor, y: y / factor, width: width / factor, height: height / factor, score };
  return times(viewAround(small, smaller, rule, viewSize), factor, factor);
}

/** The picture at each of the sizes, finest first. */
function resized(picture: Pixels, sizes: Size[]): Pixels[] {
  const pictures: Pixels[] = [];
  let level = picture;
  for (const { width, height } of sizes) {
    level = resize(level, width, height);
    pictures.push(level);
  }
  return pictures;
}

/** A view of a level, as it lies in the picture. */
function lyingIn({ small, factor }: Scaled, view: View, level: Size): View {
  return times(view, (factor * small.width) / level.width, (factor * small.height) / level.height);
}

/** The tiles of every level, coarsest first. */
function* tilesOf(scaled: Scaled, pictures: Pixels[], { input_size: size, search }: FaceDetector): Generator<View> {
  for (const level of pictures.toReversed()) {
    const { width, height } = level;
    for (const top of starts(height, size, search.overlap)) {
      for (const left of starts(width, size, search.overlap)) {
        const part = cut(level, left, top, Math.min(size, width), Math.min(size, height));
        const view: View = {
          canvas: onCanvas(size, part),
          left,
          top,
          scaleX: 1,
          scaleY: 1,
          goesOn: [left > 0, top > 0, left + size < width, top + size < height],
        };
        yield lyingIn(scaled, view, level);
      }
    }
  }
}

/** Whether a box is a face already found, a piece of one, or one with much around it. */
function isPiece(box: Box, faces: Face[], { search }: FaceDetector): boolean {
  return faces.some((face) => intersection(box, face.box) > search.piece_share * Math.min(area(box), area(face.box)));
}

/** The best candidate of each place, best score first. */
function distinct(candidates: Face[], rule: FaceDetector): Face[] {
  const kept: Face[] = [];
  for (const candidate of candidates.toSorted((a, b) => b.box.score - a.box.score)) {
    if (kept.every(({ box }) => overlap(candidate.box, box) <= rule.iou_threshold)) kept.push(candidate);
  }
  return kept;
}

function touches(box: Box, picture: Size): boolean {
  const middleX = box.x + box.width / 2;
  const middleY = box.y + box.height / 2;
  return middleX >= 0 && middleX < picture.width && middleY >= 0 && middleY < picture.height && area(box) > 0;
}

/**
 * Whether a face has, in the mean of a view and of its mirror image, the score that confirms it: a face is one in the
 * mirror too; what only looks like one by chance often is not.
 */
async function holdsMirrored(
  { box }: Face,
  turns: number,
  view: View,
  graph: FaceGraph,
  rule: FaceDetector,
): Promise<boolean> {
  const { search, input_size: size } = rule;
  if (box.score >= search.sure_score) return true;
  const expected = { ...box, x: 2 * view.left + size * view.scaleX - box.x - box.width };
  // What turns a picture one way turns its mirror image the other way.
  const seen = await look(
    graph,
    { ...view, canvas: mirrored(view.canvas) },
    (4 - turns) % 4,
    search.doubtful_score,
    rule,
  );
  const scores = seen.filter((face) => overlap(face.box, expected) > rule.iou_threshold).map((face) => face.box.score);
  return (box.score + Math.max(0, ...scores)) / 2 >= (turns === 0 ? search.confirmed_score : search.turned_score);
}

/** The best of the faces that are upright in a view turned so, if it has the least score. */
function bestOf(faces: Face[], turns: number, least: number, { search }: FaceDetector): Face | null {
  let best: Face | null = null;
  for (const face of faces) {
    const upright = Math.abs(angleFrom(angleOf(face), turns)) <= search.max_tilt;
    if (upright && face.box.score >= least && (!best || face.box.score > best.box.score)) best = face;
  }
  return best;
}

/** A face where that look tells it in which it was larger. */
function placed(seen: Face, candidate: Face, { search }: FaceDetector): Face {
  if (turnsOf(seen) !== turnsOf(candidate) || candidate.seen < search.best_size) return seen;
  return { ...candidate, box: { ...candidate.box, score: seen.box.score } };
}

/** The candidate as a look at nothing but its surroundings sees it, or null if that sees no face. */
async function secondLook(candidate: Face, scaled: Scaled, graph: FaceGraph, rule: FaceDetector): Promise<Face | null> {
  const { search } = rule;
  const view = around(scaled, candidate.box, rule, rule.input_size);
  const expected = turnsOf(candidate);
  let best: Face | null = null;
  let bestTurns = 0;
  // A face that is upside down looks like a poor upright one, so both are tried unless the first leaves no doubt.
  for (const turns of [expected, (expected + 2) % 4]) {
    const least = turns === 0 ? search.confirmed_score : search.turned_score;
    const seen = await look(graph, view, turns, Math.min(least, search.doubtful_score), rule);
    const there = seen.filter((face) => overlap(face.box, candidate.box) > rule.iou_threshold);
    const face = bestOf(there, turns, least, rule);
    if (face && (!best || face.box.score > best.box.score)) {
      best = face;
      bestTurns = turns;
    }
    if (there.length === 0 || (best && best.box.score >= search.sure_score)) break;
  }
  if (!best || !(await holdsMirrored(best, bestTurns, view, graph, rule))) return null;
  return placed(best, candidate, rule);
}

/** What a look at a candidate tells: the face, null if there is none, or that it needs a look of its own; if it is poor, only
 * where there is no other. */
type Told = Face | null | "doubtful" | "poor";

/** What a look at several candidates tells of each. */
async function glance(candidates: Face[], scaled: Scaled, graph: FaceGraph, rule: FaceDetector): Promise<Told[]> {
  if (candidates.length === 1) return ["doubtful"];
  const views = candidates.map((candidate) => ({
    view: around(scaled, candidate.box, rule, rule.input_size / 2),
    turns: turnsOf(candidate),
  }));
  const seen = await lookAtSeveral(graph, views, rule.search.doubtful_score, rule);
  return candidates.map((candidate, at) => {
    const there = seen[at].filter((face) => overlap(face.box, candidate.box) > rule.iou_threshold);
    if (there.length === 0) return null;
    const best = bestOf(there, turnsOf(candidate), rule.search.sure_score, rule);
    if (best) return placed(best, candidate, rule);
    return Math.max(...there.map(({ box }) => box.score)) < rule.search.hopeful_score ? "poor" : "doubtful";
  });
}

/**
 * Finds every face of a picture, in as many looks as it needs: the whole first; then tiles at finer scales, where a face
 * large enough to be judged could still hide. What a look shows is a candidate, believed after a second look that is
 * centred on it at the detector's best scale. `smallest` is the longer side of the smallest box worth finding, in pixels.
 */
export async function findFaces(
  picture: Pixels,
  graph: FaceGraph,
  rule: FaceDetector,
  smallest: number,
): Promise<Search> {
  const { search, score_threshold: least } = rule;
  const end = performance.now() + 1000 * search.max_seconds;
  const { sizes, scale } = levels(picture, rule, smallest);
  const factor = sizes.length > 0 ? Math.floor(1 / scale) : 1;
  const scaled = { picture, small: factor > 1 ? reduce(picture, factor) : picture, factor };
  const pictures = resized(scaled.small, sizes);
  const coarsest = pictures.at(-1) ?? scaled.small;
  const whole = lyingIn(scaled, viewWhole(coarsest, rule), coarsest);
  let finished = true;
  const faces: Face[] = [];

  const believe = async (candidates: Face[]): Promise<void> => {
    const left = distinct(
      candidates.filter(({ box }) => !isPiece(box, faces, rule) && touches(box, picture)),
      rule,
    );
    if (left.length > search.max_candidates) finished = false;
    const places = largestFirst(left.slice(0, search.max_candidates));
    const doubted = places.filter((place) => !isSure(place, rule));
    const told = new Map<Face, Told>();
    const poor: Face[] = [];

    const tell = async (candidate: Face): Promise<Told> => {
      if (isSure(candidate, rule)) return candidate;
      if (!told.has(candidate)) {
        const at = doubted.indexOf(candidate);
        const together = doubted.slice(at - (at % TOGETHER), at - (at % TOGETHER) + TOGETHER);
        const seen = await glance(together, scaled, graph, rule);
        together.forEach((one, index) => told.set(one, seen[index]));
      }
      return told.get(candidate) ?? null;
    };

    for (const tried of [places, poor]) {
      for (const candidate of tried) {
        if (isPiece(candidate.box, faces, rule)) continue;
        if (performance.now() > end) {
          finished = false;
          return;
        }
        let face = await tell(candidate);
        if (face === "poor" && tried !== poor) {
          poor.push(candidate);
          continue;
        }
        if (face === "doubtful" || face === "poor") face = await secondLook(candidate, scaled, graph, rule);
        if (face && !isPiece(face.box, faces, rule)) faces.push(face);
      }
      if (faces.length > 0) return;
    }
  };

  for (const turns of ORIENTATIONS) {
    const seen = await look(graph, whole, turns, least, rule);
    if (turns === 0) {
      for (const face of largestFirst(seen)) {
        if (isSure(face, rule) && !isPiece(face.box, faces, rule)) faces.push(face);
      }
      for (const tile of tilesOf(scaled, pictures, rule)) {
        if (performance.now() > end) {
          finished = false;
          break;
        }
        seen.push(...(await look(graph, tile, 0, least, rule)));
      }
    }
    await believe(seen);
    if (faces.length > 0) break;
  }
  return { faces: largestFirst(faces), finished, smallest: Math.max(smallest, search.smallest_size / scale) };
}
