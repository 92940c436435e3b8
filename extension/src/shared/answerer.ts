import type { Report } from "../presentation/report.generated";

export type AnsweredBy = "server" | "browser";

/** Somebody who can tell whether a face is photographed or generated. */
export interface Answerer {
  readonly by: AnsweredBy;
  /**
   * Throws PictureError when the picture itself is at fault, which is an answer,
   * and any other error when somebody else should be asked.
   */
  check(picture: Uint8Array<ArrayBuffer>): Promise<Report>;
}
