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

// What a graph computes holds up everything else in its document.
const WORK_MS = 100;
let resumed = 0;

/** Lets the document do something else now and then: whoever asks whether it is still alive must not wait until all is done. */
async function breathe(): Promise<void> {
  if (performance.now() - resumed < WORK_MS) return;
  const { port1, port2 } = new MessageChannel();
  // No timer: those of documents that nobody sees may be held back.
  await new Promise((done) => {
    port1.onmessage = done;
    port2.postMessage(null);
  });
  port1.close();
  resumed = performance.now();
}

/** One graph with one input and the outputs that the bundle names. */
export class Graph {
  private constructor(
    private readonly model: GraphModel,
    private readonly outputs: Record<string, string>,
  ) {}

  /** `read` gets the files, whose addresses begin with `base`. */
  static async load(base: string, files: TfjsModel, read: typeof fetch): Promise<Graph> {
    return new Graph(await loadGraphModel(base + files.model, { fetchFunc: read }), files.outputs);
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
    await breathe();
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
