import type { Manifest } from "../detector/manifest";
import type { Answerer } from "../shared/answerer";
import type { ShowBadge } from "../shared/messages";
import type { Outcome } from "../shared/outcome";
import { PictureError } from "../shared/picture-error";
import { forgetPending, lastCheck, pendingPlace, rememberCheck, rememberPending, type Place } from "../shared/storage";
import { ask } from "./ask";
import { NeedsPermission, NoPicture, pictureBytes } from "./picture";
import { showOnToolbar } from "./toolbar";

const TOP_FRAME = 0;

// The build has checked the manifest, and whoever runs its networks checks it again: here it is only read, once.
let shipped: Promise<Pick<Manifest, "picture">> | null = null;

async function largestPicture(): Promise<number> {
  shipped ??= fetch(chrome.runtime.getURL("bundle/manifest.json")).then((file) => file.json());
  return (await shipped).picture.max_bytes;
}

/** Without activeTab for a frame of another site, the badge goes to the top of the page instead. */
async function showInFrame(place: Place, message: ShowBadge): Promise<void> {
  for (const frameId of new Set([place.frameId, TOP_FRAME])) {
    try {
      const target = { tabId: place.tabId, frameIds: [frameId] };
      // At once: a page may show its pictures long before it has loaded.
      await chrome.scripting.executeScript({ target, files: ["content.js"], injectImmediately: true });
      await chrome.tabs.sendMessage(place.tabId, message, { frameId });
      return;
    } catch {
      // Pages of the browser itself and of its store take no badge: the toolbar and the popup still tell.
    }
  }
}

async function show(place: Place, check: string, startedAt: number, outcome: Outcome | null): Promise<void> {
  const badge: ShowBadge = { to: "badge", check, src: place.src, outcome };
  // The tab may have gone elsewhere, or another check may have begun, while this one was under way: then its badge alone,
  // if it is still there, tells the outcome.
  if (outcome && (await lastCheck(place.tabId))?.check !== check) {
    await showInFrame(place, badge);
    return;
  }
  await rememberCheck(place.tabId, { check, startedAt, outcome });
  await Promise.all([showOnToolbar(place.tabId, outcome), showInFrame(place, badge)]);
}

async function askForPermission(check: string, place: Place): Promise<void> {
  await rememberPending(check, place);
  await chrome.windows.create({
    url: chrome.runtime.getURL(`permission.html?check=${check}`),
    type: "popup",
    width: 480,
    height: 340,
  });
}

async function outcomeOf(place: Place, answerers: readonly Answerer[]): Promise<Outcome> {
  try {
    return await ask(answerers, await pictureBytes(place, await largestPicture()));
  } catch (error) {
    if (error instanceof NeedsPermission) return { kind: "needs_permission", host: error.host };
    if (error instanceof NoPicture) return { kind: "no_picture", why: error.said };
    if (error instanceof PictureError) return { kind: "bad_picture", code: error.code, by: "browser" };
    console.error(error);
    return { kind: "no_answerer", why: [["unforeseen"]] };
  }
}

async function run(check: string, place: Place, answerers: readonly Answerer[]): Promise<void> {
  const startedAt = Date.now();
  await show(place, check, startedAt, null);
  const outcome = await outcomeOf(place, answerers);
  await show(place, check, startedAt, outcome);
  if (outcome.kind === "needs_permission") await askForPermission(check, place);
}

export async function checkFace(place: Place, answerers: readonly Answerer[]): Promise<void> {
  await run(crypto.randomUUID(), place, answerers);
}

/** Goes on with a check whose picture the person has just allowed to be read. */
export async function resumeCheck(check: string, answerers: readonly Answerer[]): Promise<void> {
  const place = await pendingPlace(check);
  if (!place) return;
  await forgetPending(check);
  await run(check, place, answerers);
}
