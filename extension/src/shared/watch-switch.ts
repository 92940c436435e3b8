import { allOrigins, dropSite, watchedSites, wishForSite } from "./watched-sites";
import type { ToBackground } from "./messages";
import type { Origins } from "../sites/shared/registry";

export async function isWatched({ pages }: Origins): Promise<boolean> {
  return (await watchedSites()).some((site) => site.pages.join() === pages.join());
}

/**
 * Switches a site on after the browser's own question; false where the person said no. To be called straight from a click.
 * Chrome may close the page that calls this: then the background does the rest.
 */
export async function watchSite(name: string, origins: Origins): Promise<boolean> {
  // Not awaited first: the click counts for a moment only.
  const wished = wishForSite(name, origins);
  const allowed = await chrome.permissions.request({ origins: allOrigins(origins) });
  await wished;
  if (!allowed) {
    await dropSite(origins);
    return false;
  }
  await chrome.runtime.sendMessage<ToBackground>({ to: "background", type: "apply-sites" });
  return true;
}

export async function unwatchSite(origins: Origins): Promise<void> {
  await chrome.runtime.sendMessage<ToBackground>({ to: "background", type: "drop-site", origins });
}
