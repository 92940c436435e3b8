import { vi } from "vitest";

/** A storage area in memory, as chrome.storage has them. */
export function memoryArea(held: Record<string, unknown> = {}) {
  const listeners: (() => void)[] = [];
  const changed = () => listeners.forEach((listener) => listener());
  return {
    held,
    get: vi.fn((key: string | null) => {
      if (key === null) return Promise.resolve({ ...held });
      return Promise.resolve(key in held ? { [key]: held[key] } : {});
    }),
    set: vi.fn((values: Record<string, unknown>) => {
      Object.assign(held, values);
      changed();
      return Promise.resolve();
    }),
    remove: vi.fn((keys: string | string[]) => {
      for (const key of [keys].flat()) delete held[key];
      changed();
      return Promise.resolve();
    }),
    clear: vi.fn(() => {
      for (const key of Object.keys(held)) delete held[key];
      changed();
      return Promise.resolve();
    }),
    onChanged: { addListener: (listener: () => void) => void listeners.push(listener) },
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
