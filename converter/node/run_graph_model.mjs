// Runs a TF.js graph model from disk on the WASM backend, one picture at a time, as the browser does.
//
//   node run_graph_model.mjs MODEL_JSON INPUT_F32 SHAPE OUTPUT_DIR OUTPUT_NAME...
//
// INPUT_F32 holds raw little-endian float32 pictures of SHAPE "n,height,width,channels". For the i-th OUTPUT_NAME the
// values of all pictures are written to OUTPUT_DIR/i.f32. Prints JSON: the outputs' shapes.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs-core');
const { loadGraphModel } = require('@tensorflow/tfjs-converter');
const wasm = require('@tensorflow/tfjs-backend-wasm');

const [modelPath, inputPath, shapeText, outputDirectory, ...outputNames] = process.argv.slice(2);

function readArtifacts(path) {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(path, 'utf8'));
  const shards = weightsManifest.flatMap((group) => group.paths).map((name) => readFileSync(join(dirname(path), name)));
  const joined = Buffer.concat(shards);
  return {
    modelTopology,
    weightSpecs: weightsManifest.flatMap((group) => group.weights),
    weightData: joined.buffer.slice(joined.byteOffset, joined.byteOffset + joined.byteLength),
  };
}

// The threaded build starts workers that keep Node alive, and an extension cannot use it either.
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
wasm.setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), '/'));
if (!(await tf.setBackend('wasm'))) {
  throw new Error('The WASM backend of TF.js did not start.');
}

const model = await loadGraphModel({ load: async () => readArtifacts(modelPath) });
const [count, ...pictureShape] = shapeText.split(',').map(Number);
const pictureLength = pictureShape.reduce((product, side) => product * side, 1);
const bytes = readFileSync(inputPath);
const input = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
if (input.length !== count * pictureLength) {
  throw new Error(`${inputPath} holds ${input.length} values, not ${count * pictureLength}.`);
}

const collected = outputNames.map(() => []);
const shapes = [];
for (let index = 0; index < count; index += 1) {
  const picture = tf.tensor(input.slice(index * pictureLength, (index + 1) * pictureLength), [1, ...pictureShape]);
  const results = [model.execute(picture, outputNames)].flat();
  results.forEach((result, place) => {
    collected[place].push(Buffer.from(result.dataSync().slice().buffer));
    shapes[place] = result.shape;
  });
  tf.dispose([picture, results]);
}
collected.forEach((parts, place) => writeFileSync(join(outputDirectory, `${place}.f32`), Buffer.concat(parts)));
process.stdout.write(`${JSON.stringify({ shapes })}\n`);
