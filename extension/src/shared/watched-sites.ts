import { covers, type Origins } from "../sites/shared/registry";

/** A site whose profile pictures are checked without a click. */
export interface WatchedSite extends Origins {
  /** As a person would call it. */
  name: string;
}

const KEY = "watchedSites";

/** What the person has asked for and the browser was asked about. */
interface Wish {
  sites: readonly WatchedSite[];
  /** Milliseconds since 1970. */
  at: number;
}

const WISH = "wishedSites";

// A permission that comes later was given for something else.
const WISH_LASTS_MS = 5 * 60 * 1000;

export async function watchedSites(): Promise<WatchedSite[]> {
  return ((await chrome.storage.local.get(KEY))[KEY] as WatchedSite[] | undefined) ?? [];
}

export function allOrigins({ pages, pictures }: Origins): string[] {
  return [...pages, ...pictures];
}

function isSame(a: Origins, b: Origins): boolean {
  return a.pages.join() === b.pages.join();
}

/** Whether a page is of a site that is switched on. */
export async function isWatchedPage(address: string): Promise<boolean> {
  const url = new URL(address);
  return (await watchedSites()).some(({ pages }) => pages.some((pattern) => covers(pattern, url)));
}

/**
 * Writes down what comes true with the permission. In one step, and before the browser's question: Chrome closes the popup
 * over it, whatever the popup has still to do.
 */
export function wishForSites(sites: readonly WatchedSite[]): Promise<void> {
  const wished = sites.map(({ name, pages, pictures }) => ({ name, pages, pictures }));
  return chrome.storage.local.set({ [WISH]: { sites: wished, at: Date.now() } satisfies Wish });
}

export function forgetWish(): Promise<void> {
  return chrome.storage.local.remove(WISH);
}

async function wishedSites(): Promise<readonly WatchedSite[]> {
  const wish = (await chrome.storage.local.get(WISH))[WISH] as Wish | undefined;
  return wish && Date.now() - wish.at < WISH_LASTS_MS ? wish.sites : [];
}

/** What sites that are off now needed, and no other one does. */
function unneeded(off: readonly Origins[], left: readonly Origins[]): string[] {
  const needed = new Set(left.flatMap(allOrigins));
  return off.flatMap(allOrigins).filter((origin) => !needed.has(origin));
}

/** Switches off; gives the origins that no site needs any more. */
export async function dropSite(origins: Origins): Promise<string[]> {
  const sites = await watchedSites();
  const others = sites.filter((site) => !isSame(site, origins));
  await chrome.storage.local.set({ [KEY]: others });
  return unneeded(
    sites.filter((site) => isSame(site, origins)),
    others,
  );
}

/**
 * Brings the list in line with the permissions there are: what was wished for and allowed is on, and a site one of whose
 * permissions was taken back is off. Gives the origins that no site needs any more.
 */
export async function settleSites(): Promise<string[]> {
  const isAllowed = (site: Origins): Promise<boolean> => chrome.permissions.contains({ origins: allOrigins(site) });
  const before = await watchedSites();
  const on: WatchedSite[] = [];
  for (const site of before) if (await isAllowed(site)) on.push(site);
  const off = before.filter((site) => !on.includes(site));
  let fulfilled = false;
  for (const wished of await wishedSites()) {
    if (!(await isAllowed(wished))) continue;
    fulfilled = true;
    if (!on.some((site) => isSame(site, wished))) on.push(wished);
  }
  if (fulfilled) await forgetWish();
  if (fulfilled || off.length > 0) await chrome.storage.local.set({ [KEY]: on });
  return unneeded(off, on);
}
