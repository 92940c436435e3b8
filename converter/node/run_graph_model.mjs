// Runs a TF.js graph model from disk on the WASM backend, one picture at a time, as the browser does.
//
//   node run_graph_model.mjs MODEL_JSON INPUT_F32 SHAPE OUTPUT_DIR OUTPUT_NAME...
//
// INPUT_F32 holds raw little-endian float32 pictures of SHAPE "n,height,width,channels". For the i-th OUTPUT_NAME the
// values of all pictures are written to OUTPUT_DIR/i.f32. Prints JSON: the outputs' shapes and the median milliseconds of
// a picture.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadGraph, startWasm, tf } from "./graph.mjs";

const [modelPath, inputPath, shapeText, outputDirectory, ...outputNames] = process.argv.slice(2);
await startWasm();
const model = await loadGraph(modelPath);
const [count, ...pictureShape] = shapeText.split(",").map(Number);
const pictureLength = pictureShape.reduce((product, side) => product * side, 1);
const bytes = readFileSync(inputPath);
const input = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
if (input.length !== count * pictureLength) {
  throw new Error(`${inputPath} holds ${input.length} values, not ${count * pictureLength}.`);
}

/** @type {Buffer[][]} */
const collected = outputNames.map(() => []);
const shapes = [];
const spent = [];
for (let index = 0; index < count; index += 1) {
  const picture = tf.tensor(input.slice(index * pictureLength, (index + 1) * pictureLength), [1, ...pictureShape]);
  const start = performance.now();
  const results = [model.execute(picture, outputNames)].flat();
  const values = results.map((result) => result.dataSync());
  spent.push(performance.now() - start);
  results.forEach((result, place) => {
    collected[place].push(Buffer.from(values[place].slice().buffer));
    shapes[place] = result.shape;
  });
  tf.dispose([picture, results]);
}
collected.forEach((parts, place) => writeFileSync(join(outputDirectory, `${place}.f32`), Buffer.concat(parts)));
spent.sort((one, other) => one - other);
process.stdout.write(`${JSON.stringify({ shapes, milliseconds: spent[Math.floor(spent.length / 2)] })}\n`);
