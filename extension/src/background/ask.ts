import type { Answerer } from "../shared/answerer";
import type { Outcome } from "../shared/outcome";
import { PictureError } from "../shared/picture-error";

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Asks one after the other until somebody answers. */
export async function ask(answerers: readonly Answerer[], picture: Uint8Array<ArrayBuffer>): Promise<Outcome> {
  const faults: string[] = [];
  let serverFault: string | null = null;
  for (const answerer of answerers) {
    try {
      return { kind: "report", report: await answerer.check(picture), by: answerer.by, serverFault };
    } catch (error) {
      if (error instanceof PictureError) {
        return { kind: "bad_picture", code: error.code, detail: error.detail, by: answerer.by };
      }
      faults.push(text(error));
      if (answerer.by === "server") serverFault = text(error);
    }
  }
  return { kind: "no_answerer", detail: `Nobody could answer: ${faults.join("; ")}.` };
}
