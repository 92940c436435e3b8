import type { Answerer } from "../shared/answerer";
import type { Taken } from "../shared/messages";
import type { Outcome } from "../shared/outcome";
import {
  forgetPending,
  lastCheck,
  pendingCheck,
  rememberCheck,
  rememberPending,
  type LastCheck,
  type Place,
} from "../shared/storage";
import { rememberRecent } from "../shared/recent";
import { outcomeOfTaken, outcomeOnScreen } from "./outcome-of";
import { enterFrame, siteName, tellFrame } from "./page";
import { openPermissionPage } from "./permission-page";
import { showOnToolbar } from "./toolbar";

const TOP_FRAME = 0;

/** Where the person pointed, as far as the browser tells. */
export interface Pointed {
  tabId: number;
  frameId: number;
  /** Of the picture; empty where the browser's menu saw none. */
  src: string;
  /** Firefox's number of the element. */
  element: number | null;
}

type Begun = { place: Place; taken: Taken | null } | "pick" | null;

const NO_ENTRY: Outcome = {
  kind: "no_picture",
  why: ["closed_page"],
};

const NOWHERE = { document: null, larger: [], pixels: null };

/** Without activeTab for a frame of another site, the badge goes to the top of the page instead. */
async function begin({ tabId, frameId, src, element }: Pointed, check: string): Promise<Begun> {
  for (const frame of new Set([frameId, TOP_FRAME])) {
    try {
      await enterFrame(tabId, frame);
      const message = { to: "page", type: "begin", check, src, element: frame === frameId ? element : null } as const;
      const taken = await tellFrame<Taken | null>(tabId, frame, message);
      if (taken) return { place: { tabId, frameId: frame, src: taken.src }, taken };
      await tellFrame(tabId, frame, { to: "page", type: "pick" });
      return "pick";
    } catch {
      // Pages of the browser itself and of its store take no badge: the toolbar and the popup still tell.
    }
  }
  return src ? { place: { tabId, frameId, src }, taken: null } : null;
}

async function showInTab(last: LastCheck, { tabId }: Place, outcome: Outcome): Promise<void> {
  // The tab may have gone elsewhere, or another check may have begun, while this one was under way: then its badge alone,
  // if it is still there, tells the outcome.
  if ((await lastCheck(tabId))?.check !== last.check) return;
  await Promise.all([showOnToolbar(tabId, outcome), rememberCheck(tabId, { ...last, outcome })]);
}

async function finish(last: LastCheck, place: Place, outcome: Outcome): Promise<void> {
  const message = { to: "page", type: "show", check: last.check, outcome } as const;
  await Promise.all([
    tellFrame(place.tabId, place.frameId, message).catch(() => undefined),
    showInTab(last, place, outcome),
    outcome.kind !== "needs_permission" && siteName(place).then((site) => rememberRecent(site, outcome)),
  ]);
}

async function run(pointed: Pointed, check: string, answerers: readonly Answerer[]): Promise<void> {
  const begun = await begin(pointed, check);
  if (begun === "pick") return;
  const place = begun?.place ?? pointed;
  const taken = begun?.taken ?? NOWHERE;
  const last: LastCheck = {
    check,
    startedAt: Date.now(),
    outcome: null,
    document: taken.document,
    frameId: place.frameId,
  };
  const [outcome] = await Promise.all([
    begun ? outcomeOfTaken(place, check, taken, answerers) : NO_ENTRY,
    rememberCheck(place.tabId, last),
    showOnToolbar(place.tabId, null),
  ]);
  await finish(last, place, outcome);
  if (outcome.kind === "needs_permission") {
    await rememberPending(check, { ...pointed, ...place });
    await openPermissionPage(check, place.tabId);
  }
}

export function checkFace(
  pointed: Pointed,
  answerers: readonly Answerer[],
  check: string = crypto.randomUUID(),
): Promise<void> {
  return run(pointed, check, answerers);
}

/** Goes on with a check once the person has decided whether its picture may be read. */
export async function resumeCheck(check: string, allowed: boolean, answerers: readonly Answerer[]): Promise<void> {
  const pending = await pendingCheck(check);
  if (!pending) return;
  await forgetPending(check);
  if (allowed) {
    await run(pending, check, answerers);
    return;
  }
  const last = await lastCheck(pending.tabId);
  const outcome = await outcomeOnScreen(pending, check, answerers);
  if (outcome && last?.check === check) await finish(last, pending, outcome);
}

/** Lets the person point at a face in the tab. */
export async function letPick(tabId: number): Promise<void> {
  await enterFrame(tabId, TOP_FRAME);
  await tellFrame(tabId, TOP_FRAME, { to: "page", type: "pick" });
}
