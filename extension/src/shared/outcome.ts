import type { AnsweredBy } from "./answerer";
import type { PictureCode } from "./picture-error";
import type { Report } from "./report";

/** What a check came to, whether or not there is a verdict. */
export type Outcome =
  | { kind: "report"; report: Report; by: AnsweredBy; serverFault: string | null }
  | { kind: "bad_picture"; code: PictureCode; detail: string; by: AnsweredBy }
  | { kind: "needs_permission"; host: string }
  | { kind: "no_picture"; detail: string }
  | { kind: "no_answerer"; detail: string };
