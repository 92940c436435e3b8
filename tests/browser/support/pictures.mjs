import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PYTHON } from "./servers.mjs";

// Photographs of people that the npm package ships for its own demonstration.
const SAMPLES = join(dirname(createRequire(import.meta.url).resolve("@vladmandic/face-api/package.json")), "demo");

/** sample(1) ... sample(6): JPEG photographs, each with several faces or one. */
export function sample(number) {
  return readFile(join(SAMPLES, `sample${number}.jpg`));
}

/** scikit-image's portrait of Eileen Collins (NASA, public domain), 512 x 512, as PNG or JPEG. */
export async function astronaut(format = "PNG") {
  const code =
    "import io, sys; from PIL import Image; from skimage.data import astronaut; b = io.BytesIO(); " +
    "Image.fromarray(astronaut()).save(b, sys.argv[1]); sys.stdout.buffer.write(b.getvalue())";
  const { stdout } = await promisify(execFile)(PYTHON, ["-c", code, format], {
    encoding: "buffer",
    maxBuffer: 1 << 24,
  });
  return stdout;
}

/** The same portrait in flat patches of six colours, as if it were painted, as PNG. */
export async function painting() {
  const code =
    "import io, sys; from PIL import Image, ImageFilter; from skimage.data import astronaut; b = io.BytesIO(); " +
    "face = Image.fromarray(astronaut()[:360, 60:420]).filter(ImageFilter.MedianFilter(7)); " +
    "face.quantize(6, dither=Image.Dither.NONE).convert('RGB').save(b, 'PNG'); sys.stdout.buffer.write(b.getvalue())";
  const { stdout } = await promisify(execFile)(PYTHON, ["-c", code], { encoding: "buffer", maxBuffer: 1 << 24 });
  return stdout;
}

/** A GIF that moves between the face of sample(2) and a grey with nobody in it. */
export async function movingGif({ faceFirst }) {
  const code =
    "import io, sys; from PIL import Image; face = Image.open(sys.argv[1]).convert('RGB'); face.thumbnail((400, 400)); " +
    "frames = [face, Image.new('RGB', face.size, 'grey')][:: int(sys.argv[2])]; b = io.BytesIO(); " +
    "frames[0].save(b, 'GIF', save_all=True, append_images=frames[1:], duration=200, loop=0); sys.stdout.buffer.write(b.getvalue())";
  const words = ["-c", code, join(SAMPLES, "sample2.jpg"), faceFirst ? "1" : "-1"];
  const { stdout } = await promisify(execFile)(PYTHON, words, { encoding: "buffer", maxBuffer: 1 << 24 });
  return stdout;
}

/** A BMP picture without anything in it: a smooth ramp of grey. */
export function emptyScene(side = 300) {
  const rows = side * side * 3;
  const bytes = Buffer.alloc(54 + rows);
  bytes.write("BM");
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(side, 18);
  bytes.writeInt32LE(side, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  bytes.writeUInt32LE(rows, 34);
  for (let at = 0; at < rows; at++) bytes[54 + at] = 90 + Math.floor((at / rows) * 100);
  return bytes;
}

const LABELLED = new URL("../../../../shared/faces/", import.meta.url);

function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (/\.(jpe?g|png|webp)$/i.test(entry.name)) yield path;
  }
}

/** Paths of `count` labelled faces spread evenly over all there are; empty where they are absent. */
export function labelledFaces(count) {
  return some(count, "val");
}

/** The same of pictures that show no person, though a face detector sees a face in them. */
export function drawings(count) {
  return some(count, "other");
}

function some(count, part) {
  const folder = fileURLToPath(new URL(part, LABELLED));
  if (!existsSync(folder)) return [];
  const paths = [...filesUnder(folder)];
  const step = Math.max(1, paths.length / count);
  return Array.from({ length: Math.min(count, paths.length) }, (_, at) => paths[Math.floor(at * step)]);
}

// Saved well enough that the size is what differs.
const SCALED =
  "import os, sys; from PIL import Image; side, folder, *paths = sys.argv[1:]; " +
  "[Image.open(path).convert('RGB').resize((int(side),) * 2, Image.Resampling.LANCZOS)" +
  ".save(os.path.join(folder, f'{at}.jpg'), quality=92) for at, path in enumerate(paths)]";

/** Square pictures at another size, as JPEG, each by its place in `paths`; `remove` when done. */
export async function scaled(paths, side) {
  const folder = await mkdtemp(join(tmpdir(), "scaled-"));
  await promisify(execFile)(PYTHON, ["-c", SCALED, String(side), folder, ...paths]);
  return {
    read: (at) => readFile(join(folder, `${at}.jpg`)),
    remove: () => rm(folder, { recursive: true }),
  };
}
