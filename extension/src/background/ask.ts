import { bandsOf } from "./bands";
import type { Answerer } from "../shared/answerer";
import { Fault, type Outcome, type Said } from "../shared/outcome";
import { PictureError } from "../shared/picture-error";
import type { Sensitivity } from "../shared/sensitivity";

function reason(error: unknown): Said {
  if (error instanceof Fault) return error.said;
  return ["browser_fault", error instanceof Error ? error.message : String(error)];
}

/** Asks one after the other until somebody answers. */
export async function ask(
  answerers: readonly Answerer[],
  picture: Uint8Array<ArrayBuffer>,
  sensitivity: Sensitivity,
): Promise<Outcome> {
  const faults: Said[] = [];
  let serverFault: Said | null = null;
  for (const answerer of answerers) {
    try {
      const report = await answerer.check(picture, sensitivity);
      const bands = await bandsOf(report.model, sensitivity);
      return { kind: "report", report, by: answerer.by, bands, serverFault };
    } catch (error) {
      if (error instanceof PictureError) {
        return { kind: "bad_picture", code: error.code, detail: error.detail, by: answerer.by };
      }
      faults.push(reason(error));
      if (answerer.by === "server") serverFault = reason(error);
    }
  }
  return { kind: "no_answerer", why: [["nobody_answered"], ...faults] };
}
