// A server that has not been met yet, on a slow machine.
const UNKNOWN_MS = 10_000;

// A picture of many faces takes so many times as long as the slowest of late.
const TIMES_AS_LONG = 10;
const LEAST_MS = 2000;

// Nobody waits longer for a server, however ready it says it is.
const MOST_MS = 60_000;

const REMEMBERED = 8;
const KEY = "serverTimes";

/** How long a server that says it is ready is waited for, given how long it took of late; all in milliseconds. */
export function longestWait(recent: readonly number[]): number {
  if (recent.length === 0) return UNKNOWN_MS;
  return Math.min(MOST_MS, Math.max(LEAST_MS, TIMES_AS_LONG * Math.max(...recent)));
}

export async function recentTimes(address: string): Promise<number[]> {
  const stored = (await chrome.storage.session.get(KEY))[KEY] as { address: string; times: number[] } | undefined;
  return stored?.address === address ? stored.times : [];
}

export async function rememberTime(address: string, milliseconds: number): Promise<void> {
  const times = [...(await recentTimes(address)), milliseconds].slice(-REMEMBERED);
  await chrome.storage.session.set({ [KEY]: { address, times } });
}
