import { made } from "../shared/dom";
import type { ToPage } from "../shared/messages";
import { say } from "../presentation/messages";
import { shownProfile } from "../shared/storage";
import { isWatched, unwatchSite, watchSites } from "../shared/watch-switch";
import { namedSite, originsOf, type Origins } from "../sites/shared/registry";

/** Where the picture of the profile lies that the tab shows now, so that one question covers its host too. */
async function profilePicture(tabId: number): Promise<string | null> {
  try {
    await chrome.scripting.executeScript({ target: { tabId }, files: ["content.js"] });
    const message: ToPage = { to: "page", type: "profile-picture" };
    return await chrome.tabs.sendMessage<ToPage, string | null>(tabId, message, { frameId: 0 });
  } catch {
    return null;
  }
}

/** What is to be said of the profile that a tab shows; empty where its picture is checked, or where there is none. */
export async function profileNote(tabId: number): Promise<HTMLElement[]> {
  const profile = await shownProfile(tabId);
  if (profile?.state === "not_found") return [made("p", say("profile_not_found"))];
  return profile?.state === "placeholder" ? [made("p", say("profile_placeholder"))] : [];
}

function watchSwitch(name: string, origins: Origins, on: boolean): HTMLElement {
  const label = made("label", "", "switch");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = on;
  const state = made("p", say("watch_promise"), "small");
  state.setAttribute("role", "status");
  box.addEventListener("change", () => {
    if (!box.checked) {
      void unwatchSite(origins);
      return;
    }
    void watchSites([{ name, ...origins }]).then((watched) => {
      box.checked = watched;
      if (!watched) state.textContent = say("watch_refused");
    });
  });
  label.append(box, made("span", say("watch_here", name)));
  const block = made("div");
  block.append(label, state);
  return block;
}

/** The switch for the tab's site; empty where there is none. */
export async function siteSection({ id, url }: chrome.tabs.Tab): Promise<HTMLElement[]> {
  if (id === undefined || !url || !/^https?:/.test(url)) return [];
  const page = new URL(url);
  const site = namedSite(page);
  const origins = originsOf(page, site ? null : await profilePicture(id));
  const name = page.hostname.replace(/^www\./, "");
  return [watchSwitch(name, origins, await isWatched(origins))];
}
