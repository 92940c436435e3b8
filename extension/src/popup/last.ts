import { say } from "../presentation/messages";
import { sign } from "../presentation/sign";
import { describe } from "../shared/describe";
import { asText, detailSections, meter } from "../shared/details";
import { made } from "../shared/dom";
import type { Answered, Outcome } from "../shared/outcome";
import { rememberComplaint, type LastCheck } from "../shared/storage";

const LOST: Outcome = { kind: "no_answerer", why: [["interrupted"]] };

// The badge gives up after the same time.
const LOST_AFTER_MS = 60_000;

function button(text: string, act: (self: HTMLElement) => void): HTMLElement {
  const made = document.createElement("button");
  made.textContent = text;
  made.addEventListener("click", () => act(made));
  return made;
}

function buttons(answered: Answered): HTMLElement {
  const row = made("section", "", "buttons");
  row.append(
    button(say("copy"), (self) => {
      void navigator.clipboard.writeText(asText(answered)).then(() => (self.textContent = say("copied")));
    }),
    button(say("wrong"), () => {
      void rememberComplaint(asText(answered)).then(() => chrome.tabs.create({ url: "wrong.html" }));
    }),
  );
  return row;
}

/** The sections that tell about the last check of a tab. */
export function lastCheckSections(last: LastCheck | null, now: number): HTMLElement[] {
  const top = made("section");
  if (!last) {
    top.append(made("p", say("nothing_yet")), made("p", say("how_to_check"), "quiet"));
    return [top];
  }
  const lost = !last.outcome && now - last.startedAt > LOST_AFTER_MS;
  const outcome = lost ? LOST : last.outcome;
  const words = describe(outcome);
  const verdict = made("div", "", "verdict");
  verdict.dataset.tone = words.tone;
  const text = made("div");
  text.append(made("strong", words.title), made("span", words.detail, words.tone === "none" ? "quiet" : ""));
  verdict.append(sign(words.tone), text);
  top.append(verdict);
  if (outcome?.kind !== "report") return [top];
  const bar = meter(outcome);
  if (bar) top.append(bar);
  return [top, ...detailSections(outcome), buttons(outcome)];
}
