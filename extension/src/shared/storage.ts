import type { Outcome } from "./outcome";
import { addressOf, DEFAULT_ADDRESS, isOwnMachine, isToken } from "./server-address";

const ADDRESS = "serverAddress";
const TOKEN = "serverToken";

/** Where the server is, and what it wants to be told by whoever asks it; empty: nothing. */
export interface ServerPlace {
  address: string;
  token: string;
}

/** Another machine's server is asked with its token only, whatever has got into the storage. */
export async function server(): Promise<ServerPlace> {
  const { [ADDRESS]: stored, [TOKEN]: kept } = await chrome.storage.local.get([ADDRESS, TOKEN]);
  const address = typeof stored === "string" ? addressOf(stored) : null;
  const token = typeof kept === "string" && isToken(kept) ? kept : "";
  return address && (token || isOwnMachine(address)) ? { address, token } : { address: DEFAULT_ADDRESS, token: "" };
}

export async function setServer({ address, token }: ServerPlace): Promise<void> {
  await chrome.storage.local.set({ [ADDRESS]: address, [TOKEN]: token });
}

const ORDER = "order";

/** Who is asked first, and whether the server is asked at all. */
export const ORDERS = ["server", "browser", "browser_only"] as const;

export type AnswerOrder = (typeof ORDERS)[number];

export async function answerOrder(): Promise<AnswerOrder> {
  const { [ORDER]: stored } = await chrome.storage.local.get(ORDER);
  return ORDERS.find((order) => order === stored) ?? "server";
}

export async function setAnswerOrder(order: AnswerOrder): Promise<void> {
  await chrome.storage.local.set({ [ORDER]: order });
}

const HEAT_MAPS = "heatMaps";

/** Whether "Why?" lays the heat map over the face. */
export async function heatMapsShown(): Promise<boolean> {
  return (await chrome.storage.local.get(HEAT_MAPS))[HEAT_MAPS] !== false;
}

export async function showHeatMaps(shown: boolean): Promise<void> {
  await chrome.storage.local.set({ [HEAT_MAPS]: shown });
}

/** Where a picture is. */
export interface Place {
  tabId: number;
  frameId: number;
  src: string;
}

/** The last check of a tab; without an outcome it is still running. */
export interface LastCheck {
  check: string;
  startedAt: number;
  outcome: Outcome | null;
  /** The document that was checked, as its own script names it; null where no script may run. */
  document: string | null;
  frameId: number;
}

/** The profile that a watched tab shows. */
export interface ShownProfile {
  key: string;
  /** Empty for a site that is not known by name. */
  site: string;
  picture: string | null;
  state: "not_found" | "placeholder" | "checked";
}

/** Names of what has changed in a storage area. */
export type Changes = Readonly<Record<string, unknown>>;

// The background may be stopped at any moment, so whatever must outlive an event is kept in session storage.
const lastKey = (tabId: number): string => `tab:${tabId}`;
const sweepKey = (tabId: number): string => `all:${tabId}`;
const PROFILE = "profile:";
const profileKey = (tabId: number): string => `${PROFILE}${tabId}`;
const pendingKey = (check: string): string => `pending:${check}`;

export async function lastCheck(tabId: number): Promise<LastCheck | null> {
  const key = lastKey(tabId);
  return ((await chrome.storage.session.get(key))[key] as LastCheck | undefined) ?? null;
}

export async function rememberCheck(tabId: number, last: LastCheck): Promise<void> {
  await chrome.storage.session.set({ [lastKey(tabId)]: last });
}

/** What of a tab has changed: its last check, the profile that it shows, the check of all its pictures. */
export function changedOf(changes: Changes, tabId: number): { check: boolean; profile: boolean; sweep: boolean } {
  return {
    check: lastKey(tabId) in changes,
    profile: profileKey(tabId) in changes,
    sweep: sweepKey(tabId) in changes,
  };
}

/** Forgets what is known of a tab. */
export async function forgetTab(tabId: number): Promise<void> {
  await chrome.storage.session.remove([lastKey(tabId), profileKey(tabId), sweepKey(tabId)]);
}

export async function shownProfile(tabId: number): Promise<ShownProfile | null> {
  const key = profileKey(tabId);
  return ((await chrome.storage.session.get(key))[key] as ShownProfile | undefined) ?? null;
}

export async function rememberProfile(tabId: number, profile: ShownProfile): Promise<void> {
  await chrome.storage.session.set({ [profileKey(tabId)]: profile });
}

export async function tabsWithProfile(): Promise<number[]> {
  return Object.keys(await chrome.storage.session.get(null))
    .filter((key) => key.startsWith(PROFILE))
    .map((key) => Number(key.slice(PROFILE.length)));
}

const COMPLAINT = "complaint";

/** The answer that the person called wrong last, in words. */
export async function complaint(): Promise<string | null> {
  const { [COMPLAINT]: text } = await chrome.storage.session.get(COMPLAINT);
  return typeof text === "string" ? text : null;
}

export async function rememberComplaint(text: string): Promise<void> {
  await chrome.storage.session.set({ [COMPLAINT]: text });
}

/** A check that waits for the person's permission to read the picture. */
export type PendingCheck = Place & { element: number | null };

export async function pendingCheck(check: string): Promise<PendingCheck | null> {
  const key = pendingKey(check);
  return ((await chrome.storage.session.get(key))[key] as PendingCheck | undefined) ?? null;
}

export async function rememberPending(check: string, pending: PendingCheck): Promise<void> {
  await chrome.storage.session.set({ [pendingKey(check)]: pending });
}

export async function forgetPending(check: string): Promise<void> {
  await chrome.storage.session.remove(pendingKey(check));
}

/** A check of all the pictures of a page. */
export interface Sweep {
  id: string;
  state: "running" | "stopped" | "done";
  total: number;
  done: number;
  /** Of those with faces. */
  found: Outcome[];
  /** Hosts whose pictures could not be read without a permission. */
  hosts: string[];
}

export async function sweepOf(tabId: number): Promise<Sweep | null> {
  const key = sweepKey(tabId);
  return ((await chrome.storage.session.get(key))[key] as Sweep | undefined) ?? null;
}

export async function rememberSweep(tabId: number, sweep: Sweep): Promise<void> {
  await chrome.storage.session.set({ [sweepKey(tabId)]: sweep });
}
