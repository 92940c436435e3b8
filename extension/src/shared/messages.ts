import type { Outcome } from "./outcome";
import type { PictureErrorCode, Report } from "../presentation/report.generated";

/** Background to the offscreen document. Messages are JSON, so the picture travels as a data: URL. */
export interface CheckInBrowser {
  to: "offscreen";
  picture: string;
}

export type BrowserReply =
  | { kind: "report"; report: Report }
  | { kind: "bad_picture"; code: PictureErrorCode; detail: string }
  | { kind: "fault"; detail: string };

/** Background to the badge in the page. */
export interface ShowBadge {
  to: "badge";
  /** One check; a later check of the same picture has another. */
  check: string;
  src: string;
  outcome: Outcome | null;
}

/** Extension pages to the background. */
export type ToBackground =
  { to: "background"; type: "server-state" } | { to: "background"; type: "resume"; check: string };

export type ServerState =
  | { kind: "ready"; address: string; name: string; version: string; device: string }
  | { kind: "not_ready"; address: string; detail: string }
  | { kind: "away"; address: string };

export type Message = CheckInBrowser | ShowBadge | ToBackground;
