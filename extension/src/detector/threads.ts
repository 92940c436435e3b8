import { BackendWasm, setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { env } from "@tensorflow/tfjs-core";

/** What Emscripten made of TensorFlow.js: the machine that BackendWasm drives, and how C functions are reached. */
type Machine = ConstructorParameters<typeof BackendWasm>[0] & {
  cwrap: (name: string, returns: "number" | null, takes: "number"[]) => never;
  PThread: { terminateAllThreads: () => void };
};

interface Settings {
  /** How many workers are started, which wait for the threads that the machine makes. */
  pool: number;
  locateFile: (file: string) => string;
  mainScriptUrlOrBlob: string;
  onAbort: (why: unknown) => void;
  /** Put there by the machine as soon as it has workers. */
  PThread?: Machine["PThread"];
}

declare global {
  /** Of wasm/threads.js, where the page has loaded it. */
  var WasmBackendModuleThreadedSimd: ((settings: Settings) => Promise<Machine>) | undefined;
}

/**
 * As many as TensorFlow.js itself starts at the most: half of what the browser calls cores are their second threads, and those
 * that wait for each other wait by counting, which a busy machine has no time for.
 */
function threadsHere(): number {
  return Math.min(Math.floor(navigator.hardwareConcurrency / 2), 4);
}

// Long after workers that start at all have started.
const PATIENCE_MS = 5000;

/** Throws, and leaves no worker behind, where they do not start. */
async function start(make: NonNullable<typeof WasmBackendModuleThreadedSimd>, folder: string, threads: number) {
  let fail: (why: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const settings: Settings = {
    // The thread that asks does its part of the work.
    pool: threads - 1,
    // TensorFlow.js itself would start workers from blob: addresses, which an extension may not.
    locateFile: (file) => folder + (file.endsWith(".worker.js") ? "threads-worker.js" : file),
    mainScriptUrlOrBlob: `${folder}threads.js`,
    onAbort: fail,
  };
  const patience = setTimeout(fail, PATIENCE_MS, new Error("the workers do not start"));
  try {
    return await Promise.race([make(settings), failed]);
  } catch (error) {
    settings.PThread?.terminateAllThreads();
    throw error;
  } finally {
    clearTimeout(patience);
  }
}

/** The functions that TensorFlow.js calls by name, as its own start puts them there. */
function functions({ cwrap }: Machine): Machine["tfjs"] {
  return {
    init: cwrap("init", null, []),
    initWithThreadsCount: cwrap("init_with_threads_count", null, ["number"]),
    getThreadsCount: cwrap("get_threads_count", "number", []),
    registerTensor: cwrap("register_tensor", null, ["number", "number", "number"]),
    disposeData: cwrap("dispose_data", null, ["number"]),
    dispose: cwrap("dispose", null, []),
  };
}

/**
 * TensorFlow.js on WebAssembly with several threads. Null where there are few cores, or no memory that threads could share,
 * or the page has not loaded wasm/threads.js. `folder` holds the files of wasm/ and ends with a slash.
 */
export async function threadedBackend(folder: string): Promise<BackendWasm | null> {
  const make = globalThis.WasmBackendModuleThreadedSimd;
  const threads = threadsHere();
  if (!make || threads < 2) return null;
  for (const needed of ["WASM_HAS_SIMD_SUPPORT", "WASM_HAS_MULTITHREAD_SUPPORT"]) {
    if (!(await env().getAsync(needed))) return null;
  }
  try {
    const machine = await start(make, folder, threads);
    machine.tfjs = functions(machine);
    setThreadsCount(threads);
    return new BackendWasm(machine);
  } catch {
    return null;
  }
}
