import type { Report } from "../presentation/report.generated";
import type { Sensitivity } from "./sensitivity";

export type AnsweredBy = "server" | "browser";

/** What an answer depends on beside the picture. */
export type Judge = Pick<Report["model"], "version" | "network">;

/** How the one who asks goes along with an answer that takes its time. */
export interface Asking {
  /** Nobody waits for the answer any more. */
  signal: AbortSignal;
  /** The answer may never come: somebody else had better be asked too. */
  onDoubt: () => void;
}

/** Somebody who can tell whether a face is photographed or generated. */
export interface Answerer {
  readonly by: AnsweredBy;
  /**
   * Throws PictureError when the picture itself is at fault, which is an answer,
   * and any other error when somebody else should be asked.
   */
  check(picture: Uint8Array<ArrayBuffer>, sensitivity: Sensitivity, asking: Asking): Promise<Report>;
  /** With what the next picture would be judged; null when that cannot be told now. */
  model(): Promise<Judge | null>;
}
