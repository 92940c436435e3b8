import { language, say } from "../presentation/messages";
import { sign } from "../presentation/sign";
import { describe } from "../shared/describe";
import { made } from "../shared/dom";
import { forgetRecent, recentChecks, type Recent } from "../shared/recent";

function row({ at, from, outcome }: Recent): HTMLElement {
  const { tone, title, detail } = describe(outcome);
  const when = new Intl.DateTimeFormat(language(), { timeStyle: "short" }).format(at);
  const item = made("li");
  item.dataset.tone = tone;
  const text = made("span");
  text.append(made("strong", title), outcome.kind === "report" ? ` ${detail}` : "");
  item.append(sign(tone), text, made("span", from ? `${from}, ${when}` : when, "where"));
  return item;
}

/** What was checked in this session, with a button that forgets it; empty where nothing was. */
export async function recentSection(): Promise<HTMLElement[]> {
  const recent = await recentChecks();
  if (recent.length === 0) return [];
  const list = made("ul", "", "results");
  list.append(...recent.map(row));
  const forget = made("button", say("recent_clear"));
  forget.addEventListener("click", () => void forgetRecent());
  return [made("h2", say("recent_title")), list, forget];
}
