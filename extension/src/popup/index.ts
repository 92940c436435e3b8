import { byId, made } from "../shared/dom";
import type { ServerState, ToBackground } from "../shared/messages";
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
      return `Your server is ready (${[state.name, state.version, state.device].filter(Boolean).join(", ")}).`;
    case "not_ready":
      return `Your server at ${state.address} is not ready: ${state.detail}.`;
    case "away":
      return "Your server is not running. This browser answers by itself.";
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
void showLast();
void showSite();
void showServer();
