import type { ToPage } from "../shared/messages";
import type { Place } from "../shared/storage";

const FILES = ["content.js"];

/** Puts the extension's script into a frame. Throws where the browser allows none. */
export async function enterFrame(tabId: number, frameId: number): Promise<void> {
  // At once: a page may show its pictures long before it has loaded.
  await chrome.scripting.executeScript({
    target: { tabId, frameIds: [frameId] },
    files: FILES,
    injectImmediately: true,
  });
}

/** Puts it into all frames that it may enter, and gives those. */
export async function enterTab(tabId: number): Promise<number[]> {
  const entered = await chrome.scripting.executeScript({
    target: { tabId, allFrames: true },
    files: FILES,
    injectImmediately: true,
  });
  return entered.map(({ frameId }) => frameId);
}

export function tellFrame<Reply = void>(tabId: number, frameId: number, message: ToPage): Promise<Reply> {
  return chrome.tabs.sendMessage<ToPage, Reply>(tabId, message, { frameId });
}

/** The name of the site that a tab shows, or of its picture's; empty where neither has one. */
export async function siteName({ tabId, src }: Pick<Place, "tabId" | "src">): Promise<string> {
  const tab = await chrome.tabs.get(tabId).catch(() => null);
  const address = [tab?.url, src].find((address) => address && URL.canParse(address) && new URL(address).hostname);
  return address ? new URL(address).hostname.replace(/^www\./, "") : "";
}
