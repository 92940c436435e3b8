import type { ToPage } from "../shared/messages";

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
