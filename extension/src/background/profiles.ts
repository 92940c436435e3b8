import type { Answerer } from "../shared/answerer";
import type { ProfileReply, ProfileSeen } from "../shared/messages";
import type { Outcome } from "../shared/outcome";
import { forgetTab, lastCheck, rememberCheck, rememberProfile, shownProfile, type LastCheck } from "../shared/storage";
import { samePicture } from "../sites/shared/shown";
import { rememberRecent } from "../shared/recent";
import { outcomeOfProfile } from "./outcome-of";
import { siteName } from "./page";
import { clearToolbar, showOnToolbar } from "./toolbar";

const TOP_FRAME = 0;

// One at a time, whatever the number of tabs.
let queue: Promise<unknown> = Promise.resolve();

type Checkable = Extract<ProfileSeen, { picture: string }>;

/** Without a verdict there is nothing to show on a page where nobody asked for one; the tooltip and the popup tell why. */
async function tellToolbar(tabId: number, outcome: Outcome | null): Promise<void> {
  const judged = outcome?.kind === "report" && outcome.report.probability_fake !== null;
  await showOnToolbar(tabId, outcome);
  if (outcome && !judged) await chrome.action.setBadgeText({ tabId, text: "" });
}

async function isSeen(tabId: number): Promise<boolean> {
  const tab = await chrome.tabs.get(tabId).catch(() => null);
  return tab?.active ?? false;
}

async function check(
  tabId: number,
  document: string,
  seen: Checkable,
  answerers: readonly Answerer[],
): Promise<ProfileReply> {
  if (!(await isSeen(tabId))) return "later";
  if ((await shownProfile(tabId))?.picture !== seen.picture) return "done"; // the tab has moved on meanwhile
  const last: LastCheck = {
    check: crypto.randomUUID(),
    startedAt: Date.now(),
    outcome: null,
    document,
    frameId: TOP_FRAME,
  };
  await rememberCheck(tabId, last);
  await tellToolbar(tabId, null);
  const outcome = await outcomeOfProfile([seen.larger, seen.picture], { tabId, frameId: TOP_FRAME }, answerers);
  await rememberRecent(await siteName({ tabId, src: seen.picture }), outcome);
  if ((await lastCheck(tabId))?.check !== last.check) return "done";
  await rememberCheck(tabId, { ...last, outcome });
  await tellToolbar(tabId, outcome);
  return "done";
}

/** What a watched page shows has changed, or it was loaded anew. */
export async function profileSeen(
  tabId: number,
  document: string,
  seen: ProfileSeen,
  answerers: readonly Answerer[],
): Promise<ProfileReply> {
  const before = await shownProfile(tabId);
  if (seen.key === null) {
    if (before) await forget(tabId);
    return "done";
  }
  const { key, site, picture } = seen;
  const last = await lastCheck(tabId);
  const same =
    before?.key === key && picture !== null && before.picture !== null && samePicture(before.picture, picture);
  if (same && last?.outcome) {
    await rememberCheck(tabId, { ...last, document });
    await tellToolbar(tabId, last.outcome);
    return "done";
  }
  await forget(tabId);
  if (picture === null || seen.placeholder) {
    await rememberProfile(tabId, { key, site, picture, state: picture === null ? "not_found" : "placeholder" });
    return "done";
  }
  await rememberProfile(tabId, { key, site, picture, state: "checked" });
  const done = queue.then(() => check(tabId, document, seen, answerers));
  queue = done.catch(() => undefined);
  return done;
}

async function forget(tabId: number): Promise<void> {
  await forgetTab(tabId);
  await clearToolbar(tabId);
}
