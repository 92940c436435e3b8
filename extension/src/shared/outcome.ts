import type { Key } from "../presentation/messages";
import type { PictureErrorCode, Report } from "../presentation/report.generated";
import type { AnsweredBy } from "./answerer";

/** A text to be said later, in the language of whoever reads it: its name, then the values in its placeholders. */
export type Said = [key: Key, ...values: string[]];

/** What a check came to, whether or not there is a verdict. */
export type Outcome =
  | { kind: "report"; report: Report; by: AnsweredBy; serverFault: Said | null }
  | { kind: "bad_picture"; code: PictureErrorCode; by: AnsweredBy }
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
