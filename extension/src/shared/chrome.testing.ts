import { vi } from "vitest";

/** A storage area in memory, as chrome.storage has them. */
export function memoryArea(held: Record<string, unknown> = {}) {
  const listeners: ((changes: Record<string, unknown>) => void)[] = [];
  const changed = (keys: string[]) =>
    listeners.forEach((listener) => listener(Object.fromEntries(keys.map((key) => [key, {}]))));
  return {
    held,
    get: vi.fn((keys: string | string[] | null) => {
      if (keys === null) return Promise.resolve({ ...held });
      const there = [keys].flat().filter((key) => key in held);
      return Promise.resolve(Object.fromEntries(there.map((key) => [key, held[key]])));
    }),
    set: vi.fn((values: Record<string, unknown>) => {
      Object.assign(held, values);
      changed(Object.keys(values));
      return Promise.resolve();
    }),
    remove: vi.fn((keys: string | string[]) => {
      for (const key of [keys].flat()) delete held[key];
      changed([keys].flat());
      return Promise.resolve();
    }),
    clear: vi.fn(() => {
      const keys = Object.keys(held);
      for (const key of keys) delete held[key];
      changed(keys);
      return Promise.resolve();
    }),
    onChanged: { addListener: (listener: (typeof listeners)[number]) => void listeners.push(listener) },
  };
}

type Listener = (...given: never[]) => unknown;

/** An event that a test lets happen. */
export function event() {
  const listeners: Listener[] = [];
  return {
    addListener: (listener: Listener) => void listeners.push(listener),
    happen: (...given: unknown[]) => listeners.forEach((listener) => listener(...(given as never[]))),
  };
}
