import { getThreadsCount, setWasmPaths, type BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { loadGraphModel, type GraphModel } from "@tensorflow/tfjs-converter";
import {
  env,
  findBackendFactory,
  ready,
  registerBackend,
  removeBackend,
  setBackend,
  tensor4d,
  type Tensor,
} from "@tensorflow/tfjs-core";
import type { TfjsModel } from "./manifest";
import { threadedBackend } from "./threads";

const WASM = "wasm";
const ownStart = findBackendFactory(WASM);

/** Starts TensorFlow.js on WebAssembly and gives its threads; `folder` holds its .wasm files and ends with a slash. */
async function startWasm(folder: string, threaded: BackendWasm | null): Promise<number> {
  removeBackend(WASM);
  registerBackend(WASM, threaded ? () => threaded : ownStart);
  // The threads of TensorFlow.js's own start are workers from blob: addresses, which an extension may not start.
  env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths(folder);
  if (!(await setBackend(WASM))) throw new Error("WebAssembly does not start in this browser");
  await ready();
  return getThreadsCount();
}

/**
 * Does `work` on several threads where they run and all goes well, else on one. `work` gets the number of threads and must
 * throw where the numbers that come out are not to be trusted.
 */
export async function onWasm<T>(folder: string, work: (threads: number) => Promise<T>): Promise<T> {
  const threaded = await threadedBackend(folder);
  if (threaded) {
    try {
      return await work(await startWasm(folder, threaded));
    } catch {
      // One thread has to show that it is right just the same.
    }
  }
  return work(await startWasm(folder, null));
}

/** One graph with one input and the outputs that the bundle names. */
export class Graph {
  private constructor(
    private readonly model: GraphModel,
    private readonly outputs: Record<string, string>,
  ) {}

  static async load(base: string, files: TfjsModel): Promise<Graph> {
    return new Graph(await loadGraphModel(base + files.model), files.outputs);
  }

  /** `pixels`: RGB 0..255, size x size. Gives the values of the named output. */
  async run(pixels: Float32Array, size: number, output: string): Promise<Float32Array> {
    return (await this.runFor(pixels, size, [output]))[0];
  }

  /** The same for several outputs, in one run. */
  async runFor(pixels: Float32Array, size: number, outputs: readonly string[]): Promise<Float32Array[]> {
    const names = outputs.map((output) => {
      const name = this.outputs[output];
      if (!name) throw new Error(`the bundle names no output ${output}`);
      return name;
    });
    const input = tensor4d(pixels, [1, size, size, 3]);
    let results: Tensor[] = [];
    try {
      results = [this.model.execute({ [this.model.inputs[0].name]: input }, names)].flat();
      return await Promise.all(results.map((result) => result.data<"float32">()));
    } finally {
      input.dispose();
      for (const result of results) result.dispose();
    }
  }
}
