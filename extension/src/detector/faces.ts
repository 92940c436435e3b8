import type { FaceDetector } from "./manifest";
import type { Pixels } from "./pixels";
import { cut } from "./pixels";
import { reduce, resize } from "./resize";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
  score: number;
}

export type Point = readonly [x: number, y: number];

export interface Face {
  box: Box;
  /** The eye that is on the picture's left when the face is upright, the other eye, nose, mouth, and the ears likewise. */
  points: Point[];
  /** The longer side of the box as the face detector saw it, in pixels of its input. */
  seen: number;
}

/** What is left of an angle clockwise after quarter turns counterclockwise, -180 to 180 degrees. */
export function angleFrom(angle: number, turns: number): number {
  const positive = (angle - 90 * turns + 180) % 360;
  return (positive < 0 ? positive + 360 : positive) - 180;
}

/** How far a face is turned clockwise, in degrees: the slope of its eyes. */
export function angleOf({ points: [[left, top], [right, bottom]] }: Face): number {
  return (Math.atan2(bottom - top, right - left) * 180) / Math.PI;
}

/** How many quarter turns counterclockwise make a face upright, 0 to 3. */
export function turnsOf(face: Face): number {
  return (Math.floor(angleOf(face) / 90 + 0.5) + 4) % 4;
}

/** How far a face is turned clockwise after these quarter turns, -45 to 45 degrees. */
export function rollOf(face: Face): number {
  return angleFrom(angleOf(face), turnsOf(face));
}

/** An input of the face detector and where it lies in the picture. */
export interface View {
  /** RGB, size x size, black beside the picture. */
  canvas: Pixels;
  /** The canvas's corner, in pixels of the picture. */
  left: number;
  top: number;
  /** Pixels of the picture for one of the canvas. */
  scaleX: number;
  scaleY: number;
  /** Whether the picture goes on beyond the left, top, right and bottom edge: a face beyond such an edge is another look's. */
  goesOn: readonly [boolean, boolean, boolean, boolean];
}

/** The same canvas, as it lies in a picture that is so many times as wide and as high. */
export function times(view: View, x: number, y: number): View {
  const { left, top, scaleX, scaleY } = view;
  return { ...view, left: left * x, top: top * y, scaleX: scaleX * x, scaleY: scaleY * y };
}

const ENDS: View["goesOn"] = [false, false, false, false];

function paste(canvas: Pixels, part: Pixels, left: number, top: number): void {
  for (let row = 0; row < part.height; row++) {
    const from = row * part.width * 3;
    canvas.data.set(part.data.subarray(from, from + part.width * 3), ((top + row) * canvas.width + left) * 3);
  }
}

function black(size: number): Pixels {
  return { width: size, height: size, data: new Uint8Array(size * size * 3) };
}

/** A square of black with a part of a picture on it. */
export function onCanvas(size: number, part: Pixels, left = 0, top = 0): Pixels {
  const canvas = black(size);
  paste(canvas, part, left, top);
  return canvas;
}

/** The whole picture, as large as it fits into the detector's input, black beside it. */
export function viewWhole(picture: Pixels, { input_size: size }: Pick<FaceDetector, "input_size">): View {
  const longer = Math.max(picture.width, picture.height);
  const fitted = (side: number): number => Math.max(1, Math.floor((side * size) / longer + 0.5));
  const width = fitted(picture.width);
  const height = fitted(picture.height);
  const left = Math.floor((size - width) / 2);
  const top = Math.floor((size - height) / 2);
  const scaleX = picture.width / width;
  const scaleY = picture.height / height;
  const canvas = onCanvas(size, resize(picture, width, height), left, top);
  return { canvas, left: -left * scaleX, top: -top * scaleY, scaleX, scaleY, goesOn: ENDS };
}

/** What of a window lies in the picture, along one axis; `size` is the side of the canvas that shows the window. */
function inside(start: number, side: number, length: number, size: number) {
  const begin = Math.max(start, 0);
  const end = Math.min(start + side, length);
  const newBegin = Math.min(Math.floor(((begin - start) * size) / side + 0.5), size - 1);
  const newEnd = Math.max(Math.floor(((end - start) * size) / side + 0.5), newBegin + 1);
  const scale = (end - begin) / (newEnd - newBegin);
  return { begin, length: end - begin, newBegin, newLength: newEnd - newBegin, scale };
}

/**
 * The surroundings of a face that lies at least in part in the picture, so large that the detector sees it best; `size` is the
 * canvas's: how much of the surroundings is shown.
 */
export function viewAround(picture: Pixels, box: Box, { search }: FaceDetector, size: number): View {
  const side = Math.max(1, Math.floor((Math.max(box.width, box.height) * size) / search.best_size + 0.5));
  const x = inside(Math.floor(box.x + box.width / 2 - side / 2 + 0.5), side, picture.width, size);
  const y = inside(Math.floor(box.y + box.height / 2 - side / 2 + 0.5), side, picture.height, size);
  const part = cut(picture, x.begin, y.begin, x.length, y.length);
  // Of a large face this costs less than the resizing of all its pixels.
  const factor = Math.floor(side / size);
  const shown = resize(factor > 1 ? reduce(part, factor) : part, x.newLength, y.newLength);
  return {
    canvas: onCanvas(size, shown, x.newBegin, y.newBegin),
    left: x.begin - x.newBegin * x.scale,
    top: y.begin - y.newBegin * y.scale,
    scaleX: x.scale,
    scaleY: y.scale,
    goesOn: ENDS,
  };
}

export function intersection(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(width, 0) * Math.max(height, 0);
}

/** Intersection over union. */
export function overlap(a: Box, b: Box): number {
  const both = intersection(a, b);
  const union = a.width * a.height + b.width * b.height - both;
  return union > 0 ? both / union : 0;
}

/** A row of the face detector's output, in pixels of its input. */
interface Row {
  box: Box;
  points: Point[];
}

const POINTS = 6;
const ROW = 5 + 2 * POINTS;

/** The mean of rows of one face, weighted by score, under the best score. */
function blend(rows: Row[]): Row {
  const total = rows.reduce((sum, { box }) => sum + box.score, 0);
  const mean = (pick: (row: Row) => number): number =>
    rows.reduce((sum, row) => sum + pick(row) * row.box.score, 0) / total;
  return {
    box: {
      score: rows[0].box.score,
      x: mean(({ box }) => box.x),
      y: mean(({ box }) => box.y),
      width: mean(({ box }) => box.width),
      height: mean(({ box }) => box.height),
    },
    points: rows[0].points.map((_, at): Point => [
      mean(({ points }) => points[at][0]),
      mean(({ points }) => points[at][1]),
    ]),
  };
}

/**
 * One row for each face, best score first. Rows that overlap a better one are of the same face, which lies at the mean of
 * those that have the blending score, as the training faces were found.
 */
function suppress(output: ArrayLike<number>, leastScore: number, rule: FaceDetector): Row[] {
  const size = rule.input_size;
  const rows: Row[] = [];
  for (let at = 0; at + ROW <= output.length; at += ROW) {
    const score = output[at];
    if (!(score >= leastScore)) continue;
    rows.push({
      box: {
        score,
        x: output[at + 1] * size,
        y: output[at + 2] * size,
        width: output[at + 3] * size,
        height: output[at + 4] * size,
      },
      points: Array.from({ length: POINTS }, (_, point): Point => {
        const from = at + 5 + 2 * point;
        return [output[from] * size, output[from + 1] * size];
      }),
    });
  }
  rows.sort((a, b) => b.box.score - a.box.score);
  const kept: Row[] = [];
  for (let left = rows; left.length > 0;) {
    const best = left[0];
    const same = left.filter((row) => row === best || overlap(best.box, row.box) > rule.iou_threshold);
    kept.push(blend(same.filter((row) => row.box.score >= Math.min(rule.blend_score, best.box.score))));
    left = left.filter((row) => !same.includes(row));
  }
  return kept;
}

/** A picture's mirror image, left and right exchanged. */
export function mirrored({ width, height, data }: Pixels): Pixels {
  const there = new Uint8Array(data.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = 3 * (row * width + column);
      const to = 3 * (row * width + width - 1 - column);
      there[to] = data[from];
      there[to + 1] = data[from + 1];
      there[to + 2] = data[from + 2];
    }
  }
  return { width, height, data: there };
}

/** A square turned by quarter turns counterclockwise, exactly. */
export function turn(square: Pixels, turns: number): Pixels {
  const side = square.width;
  let { data } = square;
  for (let done = 0; done < turns; done++) {
    const turned = new Uint8Array(data.length);
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        const from = (column * side + (side - 1 - row)) * 3;
        const to = (row * side + column) * 3;
        turned[to] = data[from];
        turned[to + 1] = data[from + 1];
        turned[to + 2] = data[from + 2];
      }
    }
    data = turned;
  }
  return { width: side, height: side, data };
}

/** A row found in a canvas turned by quarter turns counterclockwise, as it lies in the canvas before. */
function turnBack({ box, points }: Row, turns: number, size: number): Row {
  let turned: Row = { box, points };
  for (let done = 0; done < turns; done++) {
    const { x, y, width, height, score } = turned.box;
    turned = {
      box: { score, x: size - y - height, y: x, width: height, height: width },
      points: turned.points.map(([pointX, pointY]): Point => [size - pointY, pointX]),
    };
  }
  return turned;
}

function isWhole({ box: { x, y, width, height } }: Row, { goesOn }: View, size: number): boolean {
  const beyond = [x < 0, y < 0, x + width > size, y + height > size];
  return !beyond.some((cutOff, side) => cutOff && goesOn[side]);
}

function inPicture({ box, points }: Row, { left, top, scaleX, scaleY }: View): Face {
  return {
    box: {
      score: box.score,
      x: left + box.x * scaleX,
      y: top + box.y * scaleY,
      width: box.width * scaleX,
      height: box.height * scaleY,
    },
    points: points.map(([x, y]): Point => [left + x * scaleX, top + y * scaleY]),
    seen: Math.max(box.width, box.height),
  };
}

/** Runs the face detector on RGB 0..255 and gives its rows: score, box and key points as fractions of the input's side. */
export type FaceGraph = (input: Float32Array) => Promise<ArrayLike<number>>;

/** The faces that the detector sees in a view turned by quarter turns counterclockwise, best score first. */
export async function look(
  graph: FaceGraph,
  view: View,
  turns: number,
  leastScore: number,
  rule: FaceDetector,
): Promise<Face[]> {
  const output = await graph(Float32Array.from(turn(view.canvas, turns).data));
  return suppress(output, leastScore, rule)
    .map((row) => turnBack(row, turns, rule.input_size))
    .filter((row) => isWhole(row, view, rule.input_size))
    .map((row) => inPicture(row, view));
}

function moved({ box, points }: Row, left: number, top: number): Row {
  return {
    box: { ...box, x: box.x + left, y: box.y + top },
    points: points.map(([x, y]): Point => [x + left, y + top]),
  };
}

/** The faces in each of up to four views of half the input's side, each with its turns, in one run; else as `look`. */
export async function lookAtSeveral(
  graph: FaceGraph,
  views: readonly { view: View; turns: number }[],
  leastScore: number,
  rule: FaceDetector,
): Promise<Face[][]> {
  const size = rule.input_size / 2;
  const canvas = black(rule.input_size);
  const corners = views.map((_, at) => ({ left: size * (at % 2), top: size * Math.floor(at / 2) }));
  views.forEach(({ view, turns }, at) => paste(canvas, turn(view.canvas, turns), corners[at].left, corners[at].top));
  const rows = suppress(await graph(Float32Array.from(canvas.data)), leastScore, rule);
  return views.map(({ view, turns }, at) => {
    const { left, top } = corners[at];
    const own = rows.filter(({ box }) => {
      const [x, y] = [box.x + box.width / 2 - left, box.y + box.height / 2 - top];
      return x >= 0 && x < size && y >= 0 && y < size;
    });
    return own.map((row) => inPicture(turnBack(moved(row, -left, -top), turns, size), view));
  });
}
