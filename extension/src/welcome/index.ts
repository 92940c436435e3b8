import { say } from "../presentation/messages";
import type { AnsweredBy } from "../shared/answerer";
import { toDataUrl } from "../shared/data-url";
import { byId } from "../shared/dom";
import { fillPage } from "../shared/language";
import type { ServerState, ToBackground } from "../shared/messages";
import type { Outcome } from "../shared/outcome";
import { serverWords } from "../shared/server-words";
import { verdictLine } from "../shared/verdict-section";
import { made } from "../shared/dom";

const SAMPLE = "sample.jpg";

async function tell(id: string, by: AnsweredBy, picture: string): Promise<void> {
  byId(id, HTMLElement).replaceChildren(verdictLine(null));
  const message: ToBackground = { to: "background", type: "check-picture", picture, name: SAMPLE, by };
  const outcome = await chrome.runtime.sendMessage<ToBackground, Outcome>(message);
  byId(id, HTMLElement).replaceChildren(verdictLine(outcome));
}

/** A server that does not run is no fault. */
async function tellServer(picture: string): Promise<void> {
  const state = await chrome.runtime.sendMessage<ToBackground, ServerState>({ to: "background", type: "server-state" });
  if (state.kind === "ready") return tell("server", "server", picture);
  byId("server", HTMLElement).replaceChildren(made("p", serverWords(state), "quiet"));
}

async function start(): Promise<void> {
  await fillPage();
  document.title = say("name");
  const picture = toDataUrl(new Uint8Array(await (await fetch(SAMPLE)).arrayBuffer()));
  await Promise.all([tellServer(picture), tell("browser", "browser", picture)]);
}

void start();
