import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PYTHON } from "./servers.mjs";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const EXTENSION = join(ROOT, "extension");

/** The picture files of tests/picture_corpus, written anew, and what Python makes of each. */
export async function makeCorpus() {
  const folder = await mkdtemp(join(tmpdir(), "pictures-"));
  await promisify(execFile)(PYTHON, ["-m", "tests.picture_corpus", folder], { cwd: ROOT });
  const index = JSON.parse(await readFile(join(folder, "index.json"), "utf8"));
  return {
    /** By name: the refusal's code, or size, warnings and the mean colours of a grid. */
    index,
    names: Object.keys(index),
    read: (name) => readFile(join(folder, name)),
    remove: () => rm(folder, { recursive: true }),
  };
}

// Runs in a page of the extension.
const IN_PAGE = `
import { memory } from "@tensorflow/tfjs-core";
import { decode, overWhite } from "./decode";
import { InBrowser } from "./in-browser";
import { findEvidence } from "../evidence/evidence";

const LIMITS = { formats: ["JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"], max_bytes: 1e8, max_pixels: 1e8 };
const CELLS = 8;
const browser = new InBrowser();

function cells({ width, height, data }) {
  const means = [];
  const edge = (side, number) => Math.floor((number * side) / CELLS);
  for (let row = 0; row < CELLS; row++) {
    for (let column = 0; column < CELLS; column++) {
      const [top, bottom, left, right] = [edge(height, row), edge(height, row + 1), edge(width, column), edge(width, column + 1)];
      const sum = [0, 0, 0];
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) for (let c = 0; c < 3; c++) sum[c] += data[(y * width + x) * 3 + c];
      }
      if (bottom > top && right > left) means.push(sum.map((value) => value / ((bottom - top) * (right - left))));
    }
  }
  return means;
}

/** As the page itself shows the file; null if it does not. */
async function displayed(bytes) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([bytes]));
  try {
    await image.decode();
  } catch {
    return null;
  }
  const [width, height] = [image.naturalWidth, image.naturalHeight];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  return { width, height, cells: cells(overWhite(context.getImageData(0, 0, width, height).data, width, height)) };
}

globalThis.seen = async (url) => {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  try {
    const { width, height, warnings, data } = await decode(bytes, LIMITS);
    const shown = await displayed(bytes);
    return { width, height, warnings: warnings.map(({ code }) => code), cells: cells({ width, height, data }), shown };
  } catch (error) {
    return { refused: error.code ?? String(error) };
  }
};

globalThis.judged = async (url) => {
  try {
    return await browser.check(new Uint8Array(await (await fetch(url)).arrayBuffer()), "usual");
  } catch (error) {
    return { refused: error.code ?? String(error) };
  }
};

globalThis.marks = async (url) =>
  findEvidence(new Uint8Array(await (await fetch(url)).arrayBuffer()), () => Promise.reject(new Error("not asked here")));

globalThis.held = () => {
  const { numTensors, numBytes } = memory();
  return { numTensors, numBytes };
};
`;

/** Puts the extension's own detector into one of its pages, so that many pictures are asked about at once. */
export async function withDetector(page) {
  const { build } = createRequire(join(EXTENSION, "package.json"))("esbuild");
  const { outputFiles } = await build({
    stdin: { contents: IN_PAGE, resolveDir: join(EXTENSION, "src/detector"), loader: "js" },
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    external: ["fs", "path", "os", "worker_threads", "perf_hooks", "util", "crypto"],
  });
  await page.evaluate(`${outputFiles[0].text};0`);
  return async (what, files) => {
    const urls = files.map((bytes) => `data:;base64,${bytes.toString("base64")}`);
    return page.evaluate(
      async ([what, urls]) => {
        const answers = [];
        for (const url of urls) answers.push(await globalThis[what](url));
        return answers;
      },
      [what, urls],
    );
  };
}
