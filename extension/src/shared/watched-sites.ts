import { covers, type Origins } from "../sites/shared/registry";

/** A site whose profile pictures are checked without a click. */
export interface WatchedSite extends Origins {
  /** As a person would call it. */
  name: string;
  /**
   * When the person wished for it. Chrome closes the popup over its own question, so that the wish is written down before
   * it is asked and becomes true when the permission comes.
   */
  wishedAt: number;
  allowed: boolean;
}

const KEY = "watchedSites";

// A permission that comes later was given for something else.
const WISH_LASTS_MS = 5 * 60 * 1000;

async function stored(): Promise<WatchedSite[]> {
  return ((await chrome.storage.local.get(KEY))[KEY] as WatchedSite[] | undefined) ?? [];
}

export function allOrigins({ pages, pictures }: Origins): string[] {
  return [...pages, ...pictures];
}

function isSame(a: Origins, b: Origins): boolean {
  return a.pages.join() === b.pages.join();
}

export async function watchedSites(): Promise<WatchedSite[]> {
  return (await stored()).filter((site) => site.allowed);
}

/** Whether a page is of a site that is switched on. */
export async function isWatchedPage(address: string): Promise<boolean> {
  const url = new URL(address);
  return (await watchedSites()).some(({ pages }) => pages.some((pattern) => covers(pattern, url)));
}

/** A site as the person knows it, with what it needs. */
export type NamedOrigins = Origins & { name: string };

export async function wishForSites(wished: readonly NamedOrigins[]): Promise<void> {
  const others = (await stored()).filter((site) => !wished.some((other) => isSame(site, other)));
  const wishedAt = Date.now();
  const added = wished.map(({ name, pages, pictures }) => ({ name, pages, pictures, wishedAt, allowed: false }));
  await chrome.storage.local.set({ [KEY]: [...others, ...added] });
}

/** What sites that are off now needed, and no other one does. */
function unneeded(off: readonly Origins[], left: readonly Origins[]): string[] {
  const needed = new Set(left.flatMap(allOrigins));
  return off.flatMap(allOrigins).filter((origin) => !needed.has(origin));
}

/** Switches off; gives the origins that no site needs any more. */
export async function dropSite(origins: Origins): Promise<string[]> {
  const sites = await stored();
  const others = sites.filter((site) => !isSame(site, origins));
  await chrome.storage.local.set({ [KEY]: others });
  return unneeded(
    sites.filter((site) => isSame(site, origins)),
    others,
  );
}

/**
 * Brings the list in line with the permissions there are: a site one of whose permissions was taken back is off. Gives the
 * origins that no site needs any more.
 */
export async function settleSites(): Promise<string[]> {
  const before = await stored();
  const after: WatchedSite[] = [];
  for (const site of before) {
    const granted = await chrome.permissions.contains({ origins: allOrigins(site) });
    const wished = Date.now() - site.wishedAt < WISH_LASTS_MS;
    if (granted && (site.allowed || wished)) after.push({ ...site, allowed: true });
    else if (!granted && !site.allowed && wished) after.push(site);
  }
  if (JSON.stringify(after) === JSON.stringify(before)) return [];
  await chrome.storage.local.set({ [KEY]: after });
  // What was only wished for may have been allowed for another reason.
  const off = before.filter((site) => site.allowed && !after.some((other) => isSame(site, other)));
  return unneeded(off, after);
}
