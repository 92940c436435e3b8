import { say } from "../presentation/messages";
import type { Answerer } from "../shared/answerer";
import type { Message, ProfileReply, ServerState, ToBackground } from "../shared/messages";
import { onLanguage, spoken } from "../shared/language";
import { forgetTab, rememberComplaint } from "../shared/storage";
import { isWatchedPage } from "../shared/watched-sites";
import { checkAll, stopAll } from "./check-all";
import { checkFace, letPick, resumeCheck } from "./check";
import { forgetIfGone } from "./forget";
import { checkOwn, tryOut } from "./own-picture";
import { profileSeen } from "./profiles";
import { serverState } from "./server";
import { applyWatchedSites, stopWatching } from "./watched";

const MENU_ITEM = "check-this-face";
const PICK_COMMAND = "pick";

/** Firefox's menus: it says what lies under the pointer while one opens. */
type Menus = typeof chrome.contextMenus & {
  onShown?: { addListener(heed: (shown: { contexts: readonly string[] }) => void): void };
  refresh?(): void;
};

// Each browser has the one of the two names that its permission bears.
const menus = (): Menus => (chrome as unknown as { menus?: Menus }).menus ?? chrome.contextMenus;
const TOP_FRAME = 0;

/** All listeners are set at once, so that the event that woke the background finds them. */
export function start(answerers: readonly Answerer[]): void {
  chrome.runtime.onInstalled.addListener(({ reason }) => {
    if (reason === "install") void chrome.tabs.create({ url: chrome.runtime.getURL("welcome.html") });
    // Another version may have kept it in another shape.
    void chrome.storage.session.clear();
    // One entry for whatever lies under the pointer: Chrome puts a second one into a menu below the first, and shows none over a
    // canvas but one for everything.
    void spoken().then(() => menus().create({ id: MENU_ITEM, title: say("menu_check"), contexts: ["all"] }));
    void applyWatchedSites();
  });
  menus().onShown?.addListener(({ contexts }) => {
    void spoken().then(async () => {
      await menus().update(MENU_ITEM, {
        title: say(contexts.includes("image") ? "menu_check" : "menu_check_here"),
      });
      menus().refresh?.();
    });
  });
  onLanguage(() => void menus().update(MENU_ITEM, { title: say("menu_check") }));
  chrome.permissions.onAdded.addListener(() => void applyWatchedSites());
  chrome.permissions.onRemoved.addListener(() => void applyWatchedSites());

  menus().onClicked.addListener((click, tab) => {
    if (click.menuItemId !== MENU_ITEM || tab?.id === undefined) return;
    // Firefox alone tells the element.
    const { targetElementId: element = null } = click as { targetElementId?: number };
    const { frameId = TOP_FRAME, srcUrl: src = "" } = click;
    void checkFace({ tabId: tab.id, frameId, src, element }, answerers);
  });

  chrome.commands.onCommand.addListener((command, tab) => {
    if (command === PICK_COMMAND && tab?.id !== undefined) void letPick(tab.id).catch(() => undefined);
  });

  chrome.tabs.onUpdated.addListener((tabId, change) => {
    if (change.status !== undefined || change.url !== undefined) void forgetIfGone(tabId);
  });

  // A tab that was hidden may have something to say.
  chrome.tabs.onActivated.addListener(({ tabId }) => void forgetIfGone(tabId));

  chrome.tabs.onRemoved.addListener((tabId) => void forgetTab(tabId));

  async function answer(message: ToBackground, sender: chrome.runtime.MessageSender): Promise<unknown> {
    const tabId = sender.tab?.id;
    switch (message.type) {
      case "spoken":
        return spoken();
      case "wrong":
        await rememberComplaint(message.text);
        await chrome.tabs.create({ url: chrome.runtime.getURL("wrong.html") });
        return null;
      case "server-state":
        return serverState() satisfies Promise<ServerState>;
      case "resume":
        return void resumeCheck(message.check, message.allowed, answerers);
      case "profile":
        if (tabId === undefined || !sender.url) return null;
        if (!(await isWatchedPage(sender.url))) return "over" satisfies ProfileReply;
        return profileSeen(tabId, message.document, message.seen, answerers) satisfies Promise<ProfileReply>;
      case "apply-sites":
        return applyWatchedSites();
      case "drop-site":
        return stopWatching(message.origins);
      case "picked":
        if (tabId === undefined) return null;
        return checkFace(
          { tabId, frameId: sender.frameId ?? TOP_FRAME, src: "", element: null },
          answerers,
          message.check,
        );
      case "pick":
        return letPick(message.tabId).then(() => "done");
      case "check-all":
        return checkAll(message.tabId, answerers);
      case "stop-all":
        return stopAll(message.tabId);
      case "check-picture": {
        const { by, picture, name } = message;
        return by ? tryOut(by, picture, answerers) : checkOwn(picture, name, answerers);
      }
    }
  }

  chrome.runtime.onMessage.addListener((message: Message, sender, reply: (answer: unknown) => void) => {
    if (message.to !== "background") return false;
    // While an answer is awaited the browser does not stop the background.
    void answer(message, sender).then(
      (said) => reply(said ?? null),
      () => reply(null),
    );
    return true;
  });
}
