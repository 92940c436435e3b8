import type { ToPage } from "../shared/messages";
import { forgetTab, lastCheck, shownProfile } from "../shared/storage";
import { clearToolbar } from "./toolbar";

const TOP_FRAME = 0;

async function documentIn(tabId: number, frameId: number): Promise<string | null> {
  const message: ToPage = { to: "page", type: "still-there" };
  try {
    return await chrome.tabs.sendMessage<ToPage, string>(tabId, message, { frameId });
  } catch {
    return null; // nobody listens there
  }
}

/**
 * A tab's answer is about a document, and goes with it. Browsers report the same for a new document as for a step within one
 * (pushState, a mere hash), so the document itself is asked whether it is still there.
 */
export async function forgetIfGone(tabId: number): Promise<void> {
  const last = await lastCheck(tabId);
  // Wakes a watch that cannot see the step by itself, too.
  const there = await documentIn(tabId, last?.frameId ?? TOP_FRAME);
  if (there !== null && there === last?.document) return;
  if (!last && !(await shownProfile(tabId))) return;
  // A check that has just begun there instead is not forgotten.
  const now = await lastCheck(tabId);
  if (now?.check !== last?.check || now?.document !== last?.document) return;
  if (!last && there !== null) return;
  await forgetTab(tabId);
  await clearToolbar(tabId);
}
