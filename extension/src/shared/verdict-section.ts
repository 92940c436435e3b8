import { say } from "../presentation/messages";
import { sign } from "../presentation/sign";
import { describe } from "./describe";
import { asText, conspicuous, detailSections, meter } from "./details";
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
  const row = made("div", "", "buttons");
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

function reasons(answered: Answered): HTMLElement {
  const details = made("details");
  details.append(made("summary", say("why")), ...detailSections(answered), buttons(answered));
  return details;
}

/** An outcome in a page of the extension, as the badge tells it: the verdict, and on request what it rests on. */
export function verdictSection(outcome: Outcome | null): HTMLElement {
  const section = made("section");
  section.append(verdictLine(outcome), ...describe(outcome).notes.map((note) => made("p", note, "small")));
  if (outcome?.kind !== "report") return section;
  const bar = meter(outcome);
  section.append(...(bar ? [bar] : []), ...conspicuous(outcome), reasons(outcome));
  return section;
}
