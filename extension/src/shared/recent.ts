import { inTurn } from "./in-turn";
import type { Outcome } from "./outcome";
import type { Changes } from "./storage";

/** A check of this session. */
export interface Recent {
  /** Milliseconds since 1970. */
  at: number;
  /** The site it was on, or the file's name; empty where neither is known. */
  from: string;
  outcome: Outcome;
}

const KEY = "recent";
const MOST = 20;

// Two checks may end at once.
const oneByOne = inTurn();

/** The latest first. */
export async function recentChecks(): Promise<Recent[]> {
  return ((await chrome.storage.session.get(KEY))[KEY] as Recent[] | undefined) ?? [];
}

export function isOfRecent(changes: Changes): boolean {
  return KEY in changes;
}

/** In a list nobody looks at heat maps, which are most of a report. */
export function slim(outcome: Outcome): Outcome {
  if (outcome.kind !== "report") return outcome;
  const faces = outcome.report.faces.map((face) => ({ ...face, heatmap: undefined }));
  return { ...outcome, report: { ...outcome.report, faces } };
}

/** To be called from the background only. */
export function rememberRecent(from: string, outcome: Outcome): Promise<void> {
  return oneByOne(async () => {
    const list = [{ at: Date.now(), from, outcome: slim(outcome) }, ...(await recentChecks())];
    await chrome.storage.session.set({ [KEY]: list.slice(0, MOST) });
  });
}

/** Forgets the list and the answers that were kept so that nothing is judged twice. */
export async function forgetRecent(): Promise<void> {
  const kept = Object.keys(await chrome.storage.session.get(null));
  await chrome.storage.session.remove(kept.filter((key) => key === KEY || /^answers?\b/.test(key)));
}
