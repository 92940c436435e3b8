import type { Key } from "../presentation/messages";
import type { Bands } from "../presentation/meter";
import type { PictureErrorCode, Report } from "../presentation/report.generated";
import type { AnsweredBy } from "./answerer";

/** A text to be said later, in the language of whoever reads it: its name, then the values in its placeholders. */
export type Said = [key: Key, ...values: string[]];

export interface Answered {
  kind: "report";
  report: Report;
  by: AnsweredBy;
  /** Of the network that judged; null where they are not known. */
  bands: Bands | null;
  /** Why the server did not answer, if it was asked. */
  serverFault: Said | null;
}

/** What a check came to, whether or not there is a verdict. */
export type Outcome =
  | Answered
  | { kind: "bad_picture"; code: PictureErrorCode; detail: string; by: AnsweredBy }
  | { kind: "needs_permission"; host: string }
  | { kind: "no_picture"; why: Said }
  | { kind: "no_answerer"; why: Said[] };

/** A fault that a person is told of. */
export class Fault extends Error {
  readonly said: Said;

  constructor(...said: Said) {
    super(said.join(" "));
    this.said = said;
  }
}
