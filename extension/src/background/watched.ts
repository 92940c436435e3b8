import { inTurn } from "../shared/in-turn";
import type { ToPage } from "../shared/messages";
import { forgetTab, tabsWithProfile } from "../shared/storage";
import { dropSite, settleSites, watchedSites } from "../shared/watched-sites";
import type { Origins } from "../sites/shared/registry";
import { clearToolbar } from "./toolbar";

const SCRIPT = "profile";
const FILES = ["profile.js"];

// Two changes of permissions may come at once.
const oneByOne = inTurn();

async function register(matches: string[]): Promise<void> {
  await chrome.scripting.unregisterContentScripts({ ids: [SCRIPT] }).catch(() => undefined);
  if (matches.length === 0) return;
  await chrome.scripting.registerContentScripts([{ id: SCRIPT, matches, js: FILES, runAt: "document_idle" }]);
}

async function openTabs(pages: readonly string[]): Promise<number[]> {
  if (pages.length === 0) return [];
  const tabs = await chrome.tabs.query({ url: [...pages] });
  return tabs.flatMap(({ id }) => (id === undefined ? [] : [id]));
}

async function end(tabId: number): Promise<void> {
  const message: ToPage = { to: "page", type: "watch-no-more" };
  await chrome.tabs.sendMessage(tabId, message).catch(() => undefined);
  await forgetTab(tabId);
  await clearToolbar(tabId);
}

async function giveBack(origins: string[]): Promise<void> {
  // What came with the installation cannot be given back, and a browser may say so.
  if (origins.length > 0) await chrome.permissions.remove({ origins }).catch(() => undefined);
}

/**
 * Makes the script run in the pages of the sites that are switched on, those that are open already included, and end in all
 * others: a permission may have been taken back.
 */
async function apply(): Promise<void> {
  await giveBack(await settleSites());
  const pages = (await watchedSites()).flatMap((site) => site.pages);
  await register(pages);
  const open = await openTabs(pages);
  for (const tabId of await tabsWithProfile()) if (!open.includes(tabId)) await end(tabId);
  for (const tabId of open) {
    // A tab that shows an error page takes no script.
    await chrome.scripting.executeScript({ target: { tabId }, files: FILES }).catch(() => undefined);
  }
}

export function applyWatchedSites(): Promise<void> {
  return oneByOne(apply);
}

/** Switches a site off: its watch, what it has told, and the permissions that nothing else needs. */
export function stopWatching(origins: Origins): Promise<void> {
  return oneByOne(async () => {
    for (const tabId of await openTabs(origins.pages)) await end(tabId);
    const unneeded = await dropSite(origins);
    await register((await watchedSites()).flatMap((site) => site.pages));
    await giveBack(unneeded);
  });
}
