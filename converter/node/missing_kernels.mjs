// Tells which operations of a graph model have no kernel on the backends that browsers prefer.
//
//   node missing_kernels.mjs MODEL_JSON SHAPE
//
// SHAPE is "height,width,channels" of a picture. Prints JSON: a list of {kernel, backends, op, node}, the node being the
// first that needs the kernel. What kernels a backend has is asked of its npm package.
import { createRequire } from "node:module";
import { loadGraph, startWasm, tf } from "./graph.mjs";

const require = createRequire(import.meta.url);
require("@tensorflow/tfjs-backend-cpu");
require("@tensorflow/tfjs-backend-webgpu");

const [modelPath, shapeText] = process.argv.slice(2);
const kernelsOf = (backend) => new Set(tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName));
const available = { wasm: kernelsOf("wasm"), webgpu: kernelsOf("webgpu") };

await startWasm();
const model = await loadGraph(modelPath);
// Private in its types, but nothing else tells the nodes.
const nodes = /** @type {any} */ (model).executor.graph.nodes;
const picture = () => tf.zeros([1, ...shapeText.split(",").map(Number)]);

async function kernelsUsed(outputs) {
  const { kernelNames } = await tf.profile(() => tf.tidy(() => model.execute(picture(), outputs)) && undefined);
  // What ends in "__op" is an operation made of kernels.
  return new Set(kernelNames.filter((name) => !name.endsWith("__op")));
}

// The CPU backend, which has every kernel, is slow: only a graph that WASM cannot run needs it.
async function everyKernel() {
  try {
    return await kernelsUsed(model.outputs.map(({ name }) => name));
  } catch {
    await tf.setBackend("cpu");
    return kernelsUsed(model.outputs.map(({ name }) => name));
  }
}

// What the first i nodes use only grows with i, so that the node can be found by halving.
async function firstNodeWith(kernel) {
  const names = Object.keys(nodes).filter((name) => !["Const", "Placeholder", "NoOp"].includes(nodes[name].op));
  let least = 0;
  let most = names.length - 1;
  while (least < most) {
    const middle = Math.floor((least + most) / 2);
    if ((await kernelsUsed(names.slice(0, middle + 1))).has(kernel)) most = middle;
    else least = middle + 1;
  }
  return nodes[names[least]];
}

const missing = [];
for (const kernel of await everyKernel()) {
  const backends = Object.keys(available).filter((backend) => !available[backend].has(kernel));
  if (backends.length > 0) {
    await tf.setBackend("cpu");
    const node = await firstNodeWith(kernel);
    missing.push({ kernel, backends, op: node.op, node: node.name });
  }
}
process.stdout.write(`${JSON.stringify(missing)}\n`);
