import type { Outcome } from "./outcome";
import { DEFAULT_ADDRESS, ownMachineAddress } from "./server-address";

const ADDRESS = "serverAddress";

export async function serverAddress(): Promise<string> {
  const stored = (await chrome.storage.local.get(ADDRESS))[ADDRESS];
  return (typeof stored === "string" && ownMachineAddress(stored)) || DEFAULT_ADDRESS;
}

export async function setServerAddress(address: string): Promise<void> {
  await chrome.storage.local.set({ [ADDRESS]: address });
}

/** Where a picture was pointed at. */
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
}

// The background may be stopped at any moment, so whatever must outlive an event is kept in session storage.
const lastKey = (tabId: number): string => `tab:${tabId}`;
const pendingKey = (check: string): string => `pending:${check}`;

export async function lastCheck(tabId: number): Promise<LastCheck | null> {
  const key = lastKey(tabId);
  return ((await chrome.storage.session.get(key))[key] as LastCheck | undefined) ?? null;
}

export async function rememberCheck(tabId: number, last: LastCheck): Promise<void> {
  await chrome.storage.session.set({ [lastKey(tabId)]: last });
}

export async function forgetCheck(tabId: number): Promise<void> {
  await chrome.storage.session.remove(lastKey(tabId));
}

/** A check that waits for the person's permission to read the picture. */
export async function pendingPlace(check: string): Promise<Place | null> {
  const key = pendingKey(check);
  return ((await chrome.storage.session.get(key))[key] as Place | undefined) ?? null;
}

export async function rememberPending(check: string, place: Place): Promise<void> {
  await chrome.storage.session.set({ [pendingKey(check)]: place });
}

export async function forgetPending(check: string): Promise<void> {
  await chrome.storage.session.remove(pendingKey(check));
}
