import { say } from "../presentation/messages";
import { sign } from "../presentation/sign";
import { describe } from "./describe";
import { asText, detailSections, meter } from "./details";
import { made } from "./dom";
import type { Answered, Outcome } from "./outcome";
import { rememberComplaint } from "./storage";

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

/** The sign, the word and the sentence of an outcome; null: it is still to come. */
export function verdictLine(outcome: Outcome | null): HTMLElement {
  const words = describe(outcome);
  const verdict = made("div", "", "verdict");
  verdict.dataset.tone = words.tone;
  const text = made("div");
  text.append(made("strong", words.title), made("span", words.detail, words.tone === "none" ? "quiet" : ""));
  verdict.append(sign(words.tone), text);
  return verdict;
}

/** The sections that tell an outcome in full, for pages of the extension. */
export function verdictSections(outcome: Outcome | null): HTMLElement[] {
  const top = made("section");
  top.append(verdictLine(outcome));
  if (outcome?.kind !== "report") return [top];
  const bar = meter(outcome);
  if (bar) top.append(bar);
  return [top, ...detailSections(outcome), buttons(outcome)];
}
