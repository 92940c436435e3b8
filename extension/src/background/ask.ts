import { bandsOf } from "./bands";
import type { AnsweredBy, Answerer, Asking } from "../shared/answerer";
import { Fault, type Outcome, type Said } from "../shared/outcome";
import { PictureError } from "../shared/picture-error";
import type { Sensitivity } from "../shared/sensitivity";

function reason(error: unknown): Said {
  if (error instanceof Fault) return error.said;
  return ["browser_fault", error instanceof Error ? error.message : String(error)];
}

async function answerOf(
  answerer: Answerer,
  picture: Uint8Array<ArrayBuffer>,
  sensitivity: Sensitivity,
  asking: Asking,
): Promise<Outcome> {
  const { by } = answerer;
  try {
    const report = await answerer.check(picture, sensitivity, asking);
    return { kind: "report", report, by, bands: await bandsOf(report.model, sensitivity), serverFault: null };
  } catch (error) {
    if (error instanceof PictureError) return { kind: "bad_picture", code: error.code, detail: error.detail, by };
    throw error;
  }
}

/**
 * Asks one after the other until somebody answers. Where an answer is in doubt, as that of those in `doubted` is from the beginning, the
 * next one is asked too, and the first to answer is believed.
 */
export async function ask(
  answerers: readonly Answerer[],
  picture: Uint8Array<ArrayBuffer>,
  sensitivity: Sensitivity,
  doubted: readonly Answerer[] = [],
): Promise<Outcome> {
  const faults = new Map<AnsweredBy, Said>();
  const end = new AbortController();
  const asked: Promise<Outcome>[] = [];
  const anybody = async (): Promise<Outcome> => {
    const outcome = await Promise.any(asked);
    const serverFault = faults.get("server") ?? null;
    return outcome.kind === "report" && outcome.by === "browser" ? { ...outcome, serverFault } : outcome;
  };
  try {
    for (const answerer of answerers) {
      const { by } = answerer;
      const doubt = new Promise<null>((inDoubt) => {
        const onDoubt = (): void => {
          faults.set(by, ["server_slow"]);
          inDoubt(null);
        };
        if (doubted.includes(answerer)) onDoubt();
        asked.push(
          answerOf(answerer, picture, sensitivity, { signal: end.signal, onDoubt }).catch((error: unknown) => {
            faults.set(by, reason(error));
            throw error;
          }),
        );
      });
      const outcome = await Promise.race([anybody(), doubt]).catch(() => null);
      if (outcome) return outcome;
    }
    return await anybody().catch(() => ({ kind: "no_answerer", why: [["nobody_answered"], ...faults.values()] }));
  } finally {
    end.abort();
  }
}
