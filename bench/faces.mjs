// Finds faces with the extension's own code in Chromium, on TF.js WASM; what bench/faces.py compares itself with.
//
//   node bench/faces.mjs BUNDLE PICTURE
//
// For each line of its input, {width, height}, the file PICTURE holds raw RGB bytes; it answers with a line of JSON: the
// milliseconds and the faces' boxes, x, y, width and height.
import { createReadStream, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "../converter/node/node_modules/playwright-core/index.mjs";
import { build } from "../extension/node_modules/esbuild/lib/main.js";

const [bundle, picture] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(join(here, "../converter/node/graph.mjs"));
const { face_detector: rule, crop } = JSON.parse(readFileSync(join(bundle, "manifest.json"), "utf8"));
// As in Python: on a busy machine a search would be stopped.
rule.search.max_seconds = 1e9;

/** The file `dist/NAME` of a package of TF.js. */
function distributed(name, file) {
  return join(dirname(require.resolve(`@tensorflow/${name}/package.json`)), "dist", file);
}

function fileOf(path) {
  if (path === "/picture") return picture;
  if (path.startsWith("/wasm/")) return distributed("tfjs-backend-wasm", basename(path));
  return join(bundle, dirname(rule.files.tfjs.model), basename(path));
}

// A real server: a picture of 50 megapixels is too large to be handed to the page in another way.
const server = createServer((request, response) => {
  const path = new URL(request.url ?? "/", "http://localhost").pathname;
  if (path === "/page") {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>Faces</title>");
    return;
  }
  if (path.endsWith(".wasm")) response.setHeader("content-type", "application/wasm");
  createReadStream(fileOf(path))
    .on("error", () => response.writeHead(404).end())
    .pipe(response);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));

// Run in the page, where `tf` and `faces` are globals.
async function start({ model }) {
  const { tf } = /** @type {any} */ (globalThis);
  // The extension cannot use the threaded build: its content security policy forbids blob: workers.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  tf.wasm.setWasmPaths("wasm/");
  if (!(await tf.setBackend("wasm"))) throw new Error("The WASM backend of TF.js does not start.");
  Object.assign(globalThis, { model: await tf.loadGraphModel(model) });
}

async function find({ rule, smallest, width, height }) {
  const { tf, faces, model } = /** @type {any} */ (globalThis);
  const { input_size: size, files } = rule;
  const graph = async (input) =>
    tf.tidy(() => model.execute(tf.tensor(input, [1, size, size, 3]), files.tfjs.outputs.faces).dataSync());
  const data = new Uint8Array(await (await fetch("picture")).arrayBuffer());
  const start = performance.now();
  const found = await faces.findFaces({ width, height, data }, graph, rule, smallest);
  const milliseconds = performance.now() - start;
  return { milliseconds, boxes: found.faces.map(({ box }) => [box.x, box.y, box.width, box.height]) };
}

const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());

const { outputFiles } = await build({
  entryPoints: [join(here, "../extension/src/detector/search.ts")],
  bundle: true,
  format: "iife",
  globalName: "faces",
  write: false,
  logLevel: "error",
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // Root, as in containers, has no other way.
  chromiumSandbox: process.getuid?.() !== 0,
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  await page.goto(`http://127.0.0.1:${port}/page`);
  for (const name of ["core", "converter", "backend-wasm"]) {
    await page.addScriptTag({ path: distributed(`tfjs-${name}`, `tf-${name}.min.js`) });
  }
  await page.addScriptTag({ content: outputFiles[0].text });
  await page.evaluate(start, { model: basename(rule.files.tfjs.model) });
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await page.evaluate(find, { rule, smallest: crop.min_side / crop.scale, ...JSON.parse(line) });
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
} finally {
  await browser.close();
  server.close();
}
