import { made } from "../shared/dom";
import type { ToBackground } from "../shared/messages";
import { say } from "../presentation/messages";
import type { Outcome } from "../shared/outcome";
import { sign } from "../presentation/sign";
import { sweepOf, type Sweep } from "../shared/storage";
import { describe } from "../shared/describe";

function send<Reply>(message: ToBackground): Promise<Reply> {
  return chrome.runtime.sendMessage<ToBackground, Reply>(message);
}

function button(text: string, click: () => void): HTMLElement {
  const element = made("button", text);
  element.addEventListener("click", click);
  return element;
}

function result(outcome: Outcome): HTMLElement {
  const { tone, title, detail } = describe(outcome);
  const row = made("li");
  row.dataset.tone = tone;
  row.append(sign(tone), made("strong", title), made("span", ` ${detail}`));
  return row;
}

function progress({ done, total }: Sweep): HTMLElement {
  const bar = document.createElement("progress");
  bar.max = Math.max(total, 1);
  bar.value = done;
  bar.setAttribute("aria-label", say("sweep_progress", done, total));
  return bar;
}

function summary({ state, done, total, found }: Sweep): string {
  if (state === "running") return say("sweep_progress", done, total);
  return state === "stopped" ? say("sweep_stopped", done, total) : say("sweep_result", total, found.length);
}

function allow(tabId: number, hosts: readonly string[]): HTMLElement[] {
  const origins = hosts.flatMap((host) => [`http://${host}/*`, `https://${host}/*`]);
  const ask = async (): Promise<void> => {
    if (await chrome.permissions.request({ origins })) await send({ to: "background", type: "check-all", tabId });
  };
  return [made("p", say("sweep_hosts", hosts.join(", ")), "small"), button(say("sweep_allow"), () => void ask())];
}

function sweepBlock(tabId: number, sweep: Sweep): HTMLElement {
  const block = made("div", "", "sweep");
  const status = made("p", summary(sweep));
  status.setAttribute("role", "status");
  block.append(status);
  if (sweep.state === "running") {
    block.append(
      progress(sweep),
      button(say("stop"), () => void send({ to: "background", type: "stop-all", tabId })),
    );
  }
  const list = made("ul", "", "results");
  list.append(...sweep.found.map(result));
  block.append(list);
  if (sweep.state === "done" && sweep.hosts.length > 0) block.append(...allow(tabId, sweep.hosts));
  return block;
}

/** Pointing at a face, checking all of them, and what that has come to so far. */
export async function pageActions(tabId: number): Promise<HTMLElement[]> {
  const row = made("div", "", "buttons");
  const pick = async (): Promise<void> => {
    if ((await send<"done" | null>({ to: "background", type: "pick", tabId })) === "done") close();
    else row.replaceChildren(made("p", say("page_closed"), "small"));
  };
  const all = button(say("check_all"), () => void send({ to: "background", type: "check-all", tabId }));
  all.id = "check-all";
  row.append(
    button(say("pick"), () => void pick()),
    all,
  );
  const sweep = await sweepOf(tabId);
  return sweep ? [row, sweepBlock(tabId, sweep)] : [row];
}
