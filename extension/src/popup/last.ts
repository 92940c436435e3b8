import { say } from "../presentation/messages";
import { made } from "../shared/dom";
import type { Outcome } from "../shared/outcome";
import type { LastCheck } from "../shared/storage";
import { verdictSection } from "../shared/verdict-section";

const LOST: Outcome = { kind: "no_answerer", why: [["interrupted"]] };

// The badge gives up after the same time.
const LOST_AFTER_MS = 60_000;

/** What is told about the last check of a tab. */
export function lastCheckSection(last: LastCheck | null, now: number): HTMLElement {
  if (last) {
    const lost = !last.outcome && now - last.startedAt > LOST_AFTER_MS;
    return verdictSection(lost ? LOST : last.outcome);
  }
  const nothing = made("section");
  nothing.append(made("p", say("nothing_yet")), made("p", say("how_to_check"), "quiet"));
  return nothing;
}
