import { say } from "../presentation/messages";
import { byId, made } from "../shared/dom";
import type { ServerState, ToBackground } from "../shared/messages";
import { fillPage } from "../shared/language";
import { lastCheck } from "../shared/storage";
import { lastCheckSections } from "./last";
import { pageActions } from "./page-actions";
import { siteSection } from "./site";

async function currentTab(): Promise<chrome.tabs.Tab | undefined> {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  return tab;
}

async function showLast(): Promise<void> {
  const id = (await currentTab())?.id;
  const last = id === undefined ? null : await lastCheck(id);
  byId("last", HTMLElement).replaceChildren(...lastCheckSections(last, Date.now()));
  byId("actions", HTMLElement).replaceChildren(...(id === undefined ? [] : await pageActions(id)));
}

async function showSite(): Promise<void> {
  const tab = await currentTab();
  const section = tab ? await siteSection(tab) : [];
  byId("site", HTMLElement).replaceChildren(...section);
  byId("site", HTMLElement).hidden = section.length === 0;
}

function serverWords(state: ServerState): string {
  switch (state.kind) {
    case "ready":
      return say("server_ready", [state.name, state.version, state.device].filter(Boolean).join(", "));
    case "not_ready":
      return say("server_not_ready", state.address, state.detail);
    case "away":
      return say("server_not_running");
  }
}

async function showServer(): Promise<void> {
  const message: ToBackground = { to: "background", type: "server-state" };
  const state = await chrome.runtime.sendMessage<ToBackground, ServerState>(message);
  const dot = made("span", "", state.kind === "ready" ? "dot on" : "dot");
  byId("server", HTMLElement).replaceChildren(dot, made("span", serverWords(state)));
  const link = byId("server-page", HTMLAnchorElement);
  link.hidden = state.kind !== "ready";
  link.href = `${state.address}/`;
}

// A check may finish while the popup is open.
chrome.storage.session.onChanged.addListener(() => void showLast());
void fillPage().then(() => Promise.all([showLast(), showSite(), showServer()]));
