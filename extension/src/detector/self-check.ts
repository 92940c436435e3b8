import { decode } from "./decode";
import type { Network, PictureLimits, Reference } from "./manifest";

// The bundle's own bound: a runtime that strays further gives other verdicts than the ones that were measured.
const LARGEST_STRAY = 0.05;
const GRADIENT = "gradient";

/** The picture "gradient" of the bundle's reference. */
export function gradient(size: number): Float32Array {
  const input = new Float32Array(size * size * 3);
  for (let at = 0; at < input.length; at++) {
    const channel = at % 3;
    const column = Math.floor(at / 3) % size;
    const row = Math.floor(at / (3 * size));
    input[at] = (row * 7 + column * 3 + channel * 50) % 256;
  }
  return input;
}

/** A reference's picture as the network's input; `folder` is the bundle's and ends with a slash. */
export async function referenceInput(picture: string, size: number, folder: string, limits: PictureLimits): Promise<Float32Array> {
  if (picture === GRADIENT) return gradient(size);
  const bytes = new Uint8Array(await (await fetch(folder + picture)).arrayBuffer());
  const { data, width, height } = await decode(bytes, limits);
  if (width !== size || height !== size) throw new Error(`the bundle's ${picture} is not ${size} x ${size} pixels`);
  return Float32Array.from(data);
}

/** Throws unless the network gives, on this machine, the logit of every reference of the bundle. */
export async function selfCheck(
  { reference, golden = [] }: Pick<Network, "reference" | "golden">,
  logit: (picture: string) => Promise<number>,
): Promise<void> {
  const references: Reference[] = [reference, ...golden];
  for (const { picture, logit: expected } of references) {
    const computed = await logit(picture);
    // Written so that NaN fails too.
    if (!(Math.abs(computed - expected) <= LARGEST_STRAY)) {
      throw new Error(
        `this browser computes ${computed.toFixed(3)} for the bundle's picture ${picture} where ${expected.toFixed(3)} is right, ` +
          "so its verdicts cannot be trusted. Start your server, or use another browser",
      );
    }
  }
}
