import type { Answerer } from "../shared/answerer";
import { inTurn } from "../shared/in-turn";
import type { ProfileReply, ProfileSeen } from "../shared/messages";
import type { Outcome } from "../shared/outcome";
import { forgetTab, lastCheck, rememberCheck, rememberProfile, shownProfile, type LastCheck } from "../shared/storage";
import { samePicture } from "../sites/shared/shown";
import { rememberRecent } from "../shared/recent";
import { outcomeOfProfile } from "./outcome-of";
import { siteName } from "./page";
import { clearToolbar, showOnToolbar } from "./toolbar";

const TOP_FRAME = 0;

// Whatever the number of tabs.
const oneByOne = inTurn();

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
  const [outcome] = await Promise.all([
    outcomeOfProfile([seen.larger, seen.picture], { tabId, frameId: TOP_FRAME }, answerers),
    rememberCheck(tabId, last),
    tellToolbar(tabId, null),
  ]);
  const tell = async (): Promise<void> => {
    if ((await lastCheck(tabId))?.check !== last.check) return;
    await Promise.all([tellToolbar(tabId, outcome), rememberCheck(tabId, { ...last, outcome })]);
  };
  const site = siteName({ tabId, src: seen.picture });
  await Promise.all([tell(), site.then((name) => rememberRecent(name, outcome))]);
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
  return oneByOne(() => check(tabId, document, seen, answerers));
}

async function forget(tabId: number): Promise<void> {
  await forgetTab(tabId);
  await clearToolbar(tabId);
}
