import { say } from "../presentation/messages";
import { made } from "../shared/dom";
import type { Outcome } from "../shared/outcome";
import type { LastCheck } from "../shared/storage";
import { verdictSections } from "../shared/verdict-sections";

const LOST: Outcome = { kind: "no_answerer", why: [["interrupted"]] };

// The badge gives up after the same time.
const LOST_AFTER_MS = 60_000;

/** The sections that tell about the last check of a tab. */
export function lastCheckSections(last: LastCheck | null, now: number): HTMLElement[] {
  if (last) {
    const lost = !last.outcome && now - last.startedAt > LOST_AFTER_MS;
    return verdictSections(lost ? LOST : last.outcome);
  }
  const nothing = made("section");
  nothing.append(made("p", say("nothing_yet")), made("p", say("how_to_check"), "quiet"));
  return [nothing];
}
