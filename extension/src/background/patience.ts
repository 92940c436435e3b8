// A server that has not been met yet, on a slow machine.
const UNKNOWN_MS = 3000;

// A picture of many faces takes so many times as long as the slowest of late.
const TIMES_SLOWER = 3;
const LEAST_MS = 500;

// Nobody waits longer for a server, however ready it says it is.
const TIMES_AS_LONG = 10;
const LEAST_LONGEST_MS = 10_000;
const MOST_MS = 60_000;

const REMEMBERED = 8;
const KEY = "serverTimes";

export interface Patience {
  /** After this the server is asked whether it is still well, in milliseconds. */
  expected: number;
  /** After this it is given up, in milliseconds. */
  longest: number;
}

/** How long a server may take that took so long of late, in milliseconds. */
export function patience(recent: readonly number[]): Patience {
  if (recent.length === 0) return { expected: UNKNOWN_MS, longest: LEAST_LONGEST_MS };
  const slowest = Math.max(...recent);
  return {
    expected: Math.max(LEAST_MS, Math.min(TIMES_SLOWER * slowest, UNKNOWN_MS)),
    longest: Math.min(MOST_MS, Math.max(LEAST_LONGEST_MS, TIMES_AS_LONG * slowest)),
  };
}

export async function recentTimes(address: string): Promise<number[]> {
  const stored = (await chrome.storage.session.get(KEY))[KEY] as { address: string; times: number[] } | undefined;
  return stored?.address === address ? stored.times : [];
}

export async function rememberTime(address: string, milliseconds: number): Promise<void> {
  const times = [...(await recentTimes(address)), milliseconds].slice(-REMEMBERED);
  await chrome.storage.session.set({ [KEY]: { address, times } });
}
