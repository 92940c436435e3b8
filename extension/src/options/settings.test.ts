import { beforeEach, expect, test, vi } from "vitest";
import { heatMapsShown } from "../shared/storage";
import { readSettings, settings } from "./settings";

let stored: Record<string, unknown> = {};

beforeEach(() => {
  stored = {};
  const networks = { n: { sensitivities: {} } };
  const manifest = { roles: { strong: "n", light: "n" }, networks };
  vi.stubGlobal("fetch", () => Promise.resolve({ json: () => Promise.resolve(manifest) }));
  vi.stubGlobal("chrome", {
    runtime: { getURL: (path: string) => path },
    storage: {
      local: {
        get: (key: string) => Promise.resolve({ [key]: stored[key] }),
        set: (values: Record<string, unknown>) => Promise.resolve(void Object.assign(stored, values)),
      },
    },
  });
});

test("heat maps are shown until they are switched off", async () => {
  expect(await heatMapsShown()).toBe(true);
});

test("a file of settings brings back what it was made from", async () => {
  const chosen = {
    serverAddress: "http://127.0.0.1:9000",
    order: "browser",
    sensitivity: "strict",
    heatMaps: false,
    language: "de",
  };
  stored = { ...chosen };
  const file = JSON.stringify(await settings());
  stored = {};
  expect(await readSettings(file)).toBe(true);
  expect(stored).toEqual(chosen);
});

test("a file of something else changes nothing", async () => {
  expect(await readSettings('{"order": "browser"}')).toBe(false);
  expect(stored).toEqual({});
});
