import { say } from "../presentation/messages";
import { byId, made, refill } from "../shared/dom";
import type { ServerState, ToBackground } from "../shared/messages";
import { fillPage } from "../shared/language";
import { isOfRecent } from "../shared/recent";
import { changedOf, lastCheck, type Changes } from "../shared/storage";
import { serverWords } from "../shared/server-words";
import { lastCheckSection } from "./last";
import { ownPicture } from "../shared/own-picture";
import { pageActions } from "./page-actions";
import { recentSection } from "./recent";
import { profileNote, siteSection } from "./site";

async function currentTab(): Promise<chrome.tabs.Tab | undefined> {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  return tab;
}

async function showLast(): Promise<void> {
  const id = (await currentTab())?.id;
  const last = id === undefined ? null : await lastCheck(id);
  refill(byId("last", HTMLElement), lastCheckSection(last, Date.now()));
}

async function showActions(): Promise<void> {
  const id = (await currentTab())?.id;
  refill(byId("actions", HTMLElement), ...(id === undefined ? [] : await pageActions(id)));
}

/** Firefox closes the popup as soon as a file is to be chosen. */
const CLOSES = !("offscreen" in chrome);

function showOwn(): void {
  const tab = made("a", say(CLOSES ? "own_choose" : "own_tab"), "button");
  tab.setAttribute("href", "picture.html");
  tab.setAttribute("target", "_blank");
  byId("own", HTMLElement).replaceChildren(made("h2", say("own_title")), ownPicture({ chooses: !CLOSES }, tab));
}

async function showRecent(): Promise<void> {
  const section = await recentSection();
  refill(byId("recent", HTMLElement), ...section);
  byId("recent", HTMLElement).hidden = section.length === 0;
}

async function showSite(): Promise<void> {
  const tab = await currentTab();
  const section = tab ? await siteSection(tab) : [];
  byId("switch", HTMLElement).replaceChildren(...section);
  byId("site", HTMLElement).hidden = section.length === 0;
}

async function showProfile(): Promise<void> {
  const id = (await currentTab())?.id;
  refill(byId("profile", HTMLElement), ...(id === undefined ? [] : await profileNote(id)));
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

async function follow(changes: Changes): Promise<void> {
  if (isOfRecent(changes)) await showRecent();
  const id = (await currentTab())?.id;
  if (id === undefined) return;
  // Each by itself: of all pictures of a page many are checked while somebody reads the reasons of the last one.
  const { check, profile, sweep } = changedOf(changes, id);
  if (check) await showLast();
  if (profile) await showProfile();
  if (sweep) await showActions();
}

// A check may finish and a page be looked at while the popup is open.
chrome.storage.session.onChanged.addListener((changes) => void follow(changes));
void fillPage().then(() => {
  showOwn();
  return Promise.all([showLast(), showActions(), showSite(), showProfile(), showRecent(), showServer()]);
});
