// Finds faces with the extension's own code in Node, on TF.js WASM; what bench/faces.py compares itself with.
//
//   node bench/faces.mjs BUNDLE PICTURES_JSON
//
// PICTURES_JSON lists {file, width, height}; each file holds raw RGB bytes. Prints JSON: for each picture its milliseconds
// and its faces' boxes, x, y, width and height.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { loadGraph, startWasm, tf } from "../converter/node/graph.mjs";
import { build } from "../extension/node_modules/esbuild/lib/main.js";

const [bundle, list] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "faces-"));
try {
  const outfile = join(folder, "search.mjs");
  await build({
    entryPoints: [join(here, "../extension/src/detector/search.ts")],
    bundle: true,
    format: "esm",
    outfile,
    logLevel: "error",
  });
  const { findFaces } = await import(pathToFileURL(outfile).href);
  await startWasm();
  const { face_detector: rule, crop } = JSON.parse(readFileSync(join(bundle, "manifest.json"), "utf8"));
  const model = await loadGraph(join(bundle, rule.files.tfjs.model));
  const graph = async (input) =>
    tf.tidy(() =>
      model
        .execute(tf.tensor(input, [1, rule.input_size, rule.input_size, 3]), rule.files.tfjs.outputs.faces)
        .dataSync(),
    );
  const found = [];
  for (const { file, width, height } of JSON.parse(readFileSync(list, "utf8"))) {
    const picture = { width, height, data: new Uint8Array(readFileSync(file)) };
    const start = performance.now();
    const { faces } = await findFaces(picture, graph, rule, crop.min_side / crop.scale);
    const boxes = faces.map(({ box }) => [box.x, box.y, box.width, box.height]);
    found.push({ milliseconds: performance.now() - start, boxes });
  }
  process.stdout.write(JSON.stringify(found));
} finally {
  rmSync(folder, { recursive: true });
}
