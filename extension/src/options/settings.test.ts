import { beforeEach, expect, test, vi } from "vitest";
import { memoryArea } from "../shared/chrome.testing";
import { heatMapsShown } from "../shared/storage";
import { readSettings, settings } from "./settings";

let stored: Record<string, unknown> = {};

/** Another installation, that holds this. */
function install(held: Record<string, unknown> = {}): void {
  stored = held;
  Object.assign(chrome.storage, { local: memoryArea(held) });
}

beforeEach(() => {
  const networks = { n: { sensitivities: {} } };
  const manifest = { roles: { strong: "n", light: "n" }, networks };
  vi.stubGlobal("fetch", () => Promise.resolve({ json: () => Promise.resolve(manifest) }));
  vi.stubGlobal("chrome", {
    runtime: { getURL: (path: string) => path },
    storage: {},
  });
  install();
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
  install({ ...chosen });
  const file = JSON.stringify(await settings());
  install();
  expect(await readSettings(file)).toEqual({ sites: [] });
  expect(stored).toEqual({ ...chosen, serverToken: "" });
});

test("a file of something else changes nothing", async () => {
  expect(await readSettings('{"order": "browser"}')).toBeNull();
  expect(stored).toEqual({});
});

const LINKEDIN = { name: "LinkedIn", pages: ["https://*.linkedin.com/*"], pictures: ["https://media.licdn.com/*"] };

test("sites that were switched on are left to the person, for whom the browser has to ask", async () => {
  install({ watchedSites: [{ ...LINKEDIN }] });
  const file = JSON.stringify(await settings());
  expect(await readSettings(file)).toEqual({ sites: [] });
  install();
  expect(await readSettings(file)).toEqual({ sites: [LINKEDIN] });
  expect(stored.watchedSites).toBeUndefined();
});

test.each(["<all_urls>", "*://*/*", "https://*/*", "file:///*", 7])(
  "a file that wants %s read gets nothing",
  async (origin) => {
    const file = JSON.stringify({ kind: "check-this-face settings", sites: [{ ...LINKEDIN, pages: [origin] }] });
    expect(await readSettings(file)).toEqual({ sites: [] });
  },
);

test("the token is in no file, and another machine's server is taken from none", async () => {
  install({ serverAddress: "https://faces.example", serverToken: "0123456789abcdef" });
  const file = JSON.stringify(await settings());
  expect(file).not.toContain("0123456789abcdef");
  install();
  await readSettings(file);
  expect(stored.serverAddress).toBeUndefined();
});
