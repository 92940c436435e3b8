import { setTimeout as pause } from "node:timers/promises";

// Two busy cores take long for a cold browser; a condition that holds sooner ends the wait sooner.
export const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 100;

/** Waits until `look` gives something true, and gives that; errors in between count as not yet. */
export async function until(what, look, patience = PATIENCE_MS) {
  const end = Date.now() + patience;
  let last;
  do {
    try {
      const seen = await look();
      if (seen) return seen;
      last = seen;
    } catch (error) {
      last = error;
    }
    await pause(LOOK_EVERY_MS);
  } while (Date.now() < end);
  throw new Error(`waited ${patience / 1000} s in vain for ${what}; last seen: ${String(last)}`);
}

/** A click or a key is lost now and then, while the window is not in front yet: as a person would, it is tried again. */
export async function again(gesture, seen, tries = 3) {
  for (let triesLeft = tries - 1; ; triesLeft -= 1) {
    try {
      await gesture();
      return await seen();
    } catch (error) {
      if (triesLeft === 0) throw error;
    }
  }
}
