import type { Answerer } from "../shared/answerer";
import type { Message, ServerState } from "../shared/messages";
import { forgetCheck } from "../shared/storage";
import { checkFace, resumeCheck } from "./check";
import { serverState } from "./server";
import { clearToolbar } from "./toolbar";

const MENU_ITEM = "check-this-face";

async function forget(tabId: number): Promise<void> {
  await forgetCheck(tabId);
  await clearToolbar(tabId);
}

/** All listeners are set at once, so that the event that woke the background finds them. */
export function start(answerers: readonly Answerer[]): void {
  chrome.runtime.onInstalled.addListener(() => {
    chrome.contextMenus.create({ id: MENU_ITEM, title: "Check this face", contexts: ["image"] });
  });

  chrome.contextMenus.onClicked.addListener((click, tab) => {
    if (click.menuItemId !== MENU_ITEM || tab?.id === undefined) return;
    void checkFace({ tabId: tab.id, frameId: click.frameId ?? 0, src: click.srcUrl ?? "" }, answerers);
  });

  chrome.tabs.onUpdated.addListener((tabId, change) => {
    if (change.status === "loading") void forget(tabId);
  });

  chrome.tabs.onRemoved.addListener((tabId) => void forgetCheck(tabId));

  chrome.runtime.onMessage.addListener((message: Message, _sender, reply: (state: ServerState) => void) => {
    if (message.to !== "background") return false;
    switch (message.type) {
      case "server-state":
        void serverState().then(reply);
        return true;
      case "resume":
        void resumeCheck(message.check, answerers);
        return false;
    }
  });
}
