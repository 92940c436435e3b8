// Runs a TF.js graph model in Chromium on one backend, one picture at a time, as the extension does.
//
//   node run_in_chromium.mjs CHROMIUM BACKEND MODEL_JSON INPUT_F32 SHAPE OUTPUT_DIR OUTPUT_NAME...
//
// BACKEND is wasm, webgl or cpu; the rest is as for run_graph_model.mjs.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const [executablePath, backend, modelPath, inputPath, shapeText, outputDirectory, ...outputNames] =
  process.argv.slice(2);
// Nobody serves it: the requests are answered below, so that no port is opened.
const SITE = "http://proof.test/";

/** The file `dist/NAME` of a package of TF.js. */
function distributed(name, file) {
  return join(dirname(require.resolve(`@tensorflow/${name}/package.json`)), "dist", file);
}

function answer(path) {
  if (path === "page") return { contentType: "text/html", body: "<!doctype html><title>Proof</title>" };
  if (path === "input.f32") return { path: inputPath };
  if (path.startsWith("wasm/")) return { path: distributed("tfjs-backend-wasm", basename(path)) };
  return { path: join(dirname(modelPath), basename(path)) };
}

// Runs in the page, where TensorFlow.js is a global.
async function execute({ backend, model: place, outputNames, pictureShape }) {
  const tf = /** @type {any} */ (globalThis).tf;
  if (backend === "wasm") {
    // The extension cannot use the threaded build: its content security policy forbids blob: workers.
    tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
    tf.wasm.setWasmPaths("wasm/");
  }
  if (!(await tf.setBackend(backend))) throw new Error(`The backend ${backend} of TF.js does not start.`);
  const model = await tf.loadGraphModel(place);
  const input = new Float32Array(await (await fetch("input.f32")).arrayBuffer());
  const length = pictureShape.reduce((product, side) => product * side, 1);
  const parts = outputNames.map(() => []);
  const shapes = [];
  for (let start = 0; start < input.length; start += length) {
    const picture = tf.tensor(input.slice(start, start + length), [1, ...pictureShape]);
    const results = [model.execute(picture, outputNames)].flat();
    for (const [index, result] of results.entries()) {
      parts[index].push(await result.data());
      shapes[index] = result.shape;
    }
    tf.dispose([picture, results]);
  }
  if (tf.getBackend() !== backend) throw new Error(`TF.js went over from ${backend} to ${tf.getBackend()}.`);
  // A million numbers as text would take as long as the network.
  const encoded = (part) =>
    new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(/** @type {string} */ (reader.result).split(",")[1]);
      reader.readAsDataURL(new Blob(part));
    });
  return { values: await Promise.all(parts.map(encoded)), shapes };
}

const browser = await chromium.launch({
  executablePath,
  // Root, as in containers, has no other way.
  chromiumSandbox: process.getuid?.() !== 0,
  // The same numbers on every machine, whether or not it has a graphics card.
  args: ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  await page.route(`${SITE}**`, (route) => route.fulfill(answer(new URL(route.request().url()).pathname.slice(1))));
  await page.goto(`${SITE}page`);
  for (const name of ["core", "converter", `backend-${backend}`]) {
    await page.addScriptTag({ path: distributed(`tfjs-${name}`, `tf-${name}.min.js`) });
  }
  const [, ...pictureShape] = shapeText.split(",").map(Number);
  const { values, shapes } = await page.evaluate(execute, {
    backend,
    model: basename(modelPath),
    outputNames,
    pictureShape,
  });
  values.forEach((base64, index) =>
    writeFileSync(join(outputDirectory, `${index}.f32`), Buffer.from(base64, "base64")),
  );
  process.stdout.write(`${JSON.stringify({ shapes, version: browser.version() })}\n`);
} finally {
  await browser.close();
}
