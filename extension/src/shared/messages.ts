import type { AnsweredBy } from "./answerer";
import type { Outcome, Said } from "./outcome";
import type { Sensitivity } from "./sensitivity";
import type { Origins } from "../sites/shared/registry";
import type { PictureErrorCode, Report } from "../presentation/report.generated";

/** Background to the offscreen document. Messages are JSON, so the picture travels as a data: URL. */
export interface CheckInBrowser {
  to: "offscreen";
  picture: string;
  sensitivity: Sensitivity;
}

/** Background to the offscreen document, which answers at once unless it is dead or hangs. */
export interface AreYouThere {
  to: "offscreen-there";
}

export type BrowserReply =
  | { kind: "report"; report: Report }
  | { kind: "bad_picture"; code: PictureErrorCode; detail: string }
  | { kind: "fault"; detail: string };

/** What a watched page shows; without a key it is nobody's profile. */
export type ProfileSeen =
  | { key: null }
  /** A profile whose picture was not found. */
  | { key: string; site: string; picture: null }
  | { key: string; site: string; picture: string; larger: string; placeholder: boolean };

/** `later`: the tab was hidden before its turn came. `over`: its site is not watched any more. */
export type ProfileReply = "done" | "later" | "over";

/** A picture that is to be checked, as the page knows it. */
export interface Taken {
  /** Which document this is, in the words of its script. */
  document: string;
  /** Its address; empty where it has none. */
  src: string;
  /** Larger versions that the page knows of, the most promising first. */
  larger: string[];
  /** What a canvas or a video shows, as a data: URL. */
  pixels: string | null;
}

/** A picture of the page under the name of the check that may come. */
export type Collected = Taken & { check: string };

/** Where a picture lies in the window, in CSS pixels, of which the window is so many wide. */
export interface Located {
  x: number;
  y: number;
  width: number;
  height: number;
  windowWidth: number;
}

/** Background to the scripts in a page. */
export type ToPage =
  /** Which document is this? Nobody answers once it is gone. */
  | { to: "page"; type: "still-there" }
  /** Its site was switched off. */
  | { to: "page"; type: "watch-no-more" }
  /**
   * Takes a picture and puts a badge beside it: the one picked or collected under the check's name before, else the one with
   * this address, else the one that was pointed at. Answered with Taken, or null where there is none.
   */
  | { to: "page"; type: "begin"; check: string; src: string; element: number | null }
  | { to: "page"; type: "show"; check: string; outcome: Outcome }
  /** Lets the person point. */
  | { to: "page"; type: "pick" }
  /** Answered with Collected[]. */
  | { to: "page"; type: "collect" }
  /** Hides the badges and tells where the picture lies (Located), or null where it is not to be seen. */
  | { to: "page"; type: "pose"; check: string }
  | { to: "page"; type: "pose-over" }
  /** Answered with the address of the picture of the profile that the page shows, or null. */
  | { to: "page"; type: "profile-picture" };

/** Extension pages and the scripts in pages to the background. */
export type ToBackground =
  | { to: "background"; type: "server-state" }
  /** Content scripts cannot read the texts of the chosen language themselves. */
  | { to: "background"; type: "spoken" }
  /** The person says that this answer is wrong. */
  | { to: "background"; type: "wrong"; text: string }
  | { to: "background"; type: "profile"; document: string; seen: ProfileSeen }
  /** The permissions or the wishes for sites have changed. */
  | { to: "background"; type: "apply-sites" }
  | { to: "background"; type: "drop-site"; origins: Origins }
  /** The person has pointed at a picture. */
  | { to: "background"; type: "picked"; check: string }
  | { to: "background"; type: "pick"; tabId: number }
  | { to: "background"; type: "check-all"; tabId: number }
  | { to: "background"; type: "stop-all"; tabId: number }
  /** A picture of the person's own, as a data: URL. With `by` that one alone is tried out on it. Answered with Outcome. */
  | { to: "background"; type: "check-picture"; picture: string; name: string; by: AnsweredBy | null }
  /** The person has decided whether a picture's host may be asked for it; else it is judged as it is to be seen. */
  | { to: "background"; type: "resume"; check: string; allowed: boolean };

export type ServerState =
  | { kind: "ready"; address: string; name: string; version: string; device: string }
  | { kind: "not_ready"; address: string; detail: string }
  /** Something answers, but not as it should. */
  | { kind: "wrong"; address: string; why: Said }
  | { kind: "away"; address: string };

export type Message = CheckInBrowser | AreYouThere | ToPage | ToBackground;
