/** Gives the bytes of a file of the bundle. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

interface Known {
  /** Path of the pictures' file. */
  pictures: string;
  /** What the graph must answer to each picture. */
  answers: number[][];
  max_delta: number;
}

/** What is in the file of golden pictures, as inputs of the graph; `size` is the input's side. */
function inputs(bytes: Uint8Array, size: number, path: string, count: number): Float32Array[] {
  const length = size * size * 3;
  if (bytes.length !== count * length) {
    throw new Error(`the bundle's ${path} holds ${bytes.length} bytes, not ${count} pictures of ${size} x ${size}`);
  }
  return Array.from({ length: count }, (_, at) => Float32Array.from(bytes.subarray(at * length, (at + 1) * length)));
}

function shown(values: ArrayLike<number>): string {
  return Array.from(values, (value) => value.toFixed(3)).join(", ");
}

/** Throws unless a graph gives, in this browser, the answers that the bundle knows; `run` gives one picture's answer. */
export async function selfCheck(
  name: string,
  size: number,
  { pictures, answers, max_delta: largest }: Known,
  read: ReadFile,
  run: (input: Float32Array) => Promise<ArrayLike<number>>,
): Promise<void> {
  const all = inputs(await read(pictures), size, pictures, answers.length);
  for (const [at, expected] of answers.entries()) {
    const computed = await run(all[at]);
    // Written so that NaN and a missing value fail too.
    if (!expected.every((value, place) => Math.abs(computed[place] - value) <= largest)) {
      throw new Error(
        `${name} computes ${shown(computed)} for golden picture ${at + 1} of the bundle in this browser, where ${shown(expected)} ` +
          "is right, so its verdicts cannot be trusted. Start your server, or use another browser",
      );
    }
  }
}

/** Of all anchors' rows, each of `length` values, score first, the one with the best score. */
export function bestFace(anchors: Float32Array, length: number): Float32Array {
  let best = 0;
  for (let at = length; at < anchors.length; at += length) if (anchors[at] > anchors[best]) best = at;
  return anchors.subarray(best, best + length);
}
