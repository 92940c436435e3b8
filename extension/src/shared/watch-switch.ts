import { allOrigins, forgetWish, watchedSites, wishForSites, type WatchedSite } from "./watched-sites";
import type { ToBackground } from "./messages";
import type { Origins } from "../sites/shared/registry";

export async function isWatched({ pages }: Origins): Promise<boolean> {
  return (await watchedSites()).some((site) => site.pages.join() === pages.join());
}

/**
 * Switches sites on after the browser's own question; false where the person said no. To be called straight from a click.
 * Chrome may close the page that calls this: then the background does the rest.
 */
export async function watchSites(sites: readonly WatchedSite[]): Promise<boolean> {
  // Not awaited first: the click counts for a moment only.
  const wished = wishForSites(sites);
  const allowed = await chrome.permissions.request({ origins: [...new Set(sites.flatMap(allOrigins))] });
  await wished;
  if (!allowed) {
    await forgetWish();
    return false;
  }
  await chrome.runtime.sendMessage<ToBackground>({ to: "background", type: "apply-sites" });
  return true;
}

export async function unwatchSite(origins: Origins): Promise<void> {
  await chrome.runtime.sendMessage<ToBackground>({ to: "background", type: "drop-site", origins });
}
