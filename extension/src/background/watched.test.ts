import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { memoryArea } from "../shared/chrome.testing";
import { watchedSites, wishForSites } from "../shared/watched-sites";
import { applyWatchedSites } from "./watched";

const SITE = {
  name: "Example",
  pages: ["https://example.com/*"],
  pictures: ["https://img.example/*", "https://shared.example/*"],
};
const OTHER = { name: "Other", pages: ["https://other.example/*"], pictures: ["https://shared.example/*"] };

let granted: Set<string>;
let local: ReturnType<typeof memoryArea>;
const told = vi.fn(() => Promise.resolve());
const registered = vi.fn(() => Promise.resolve());

/** Tab 7 shows a profile of Example, tab 8 one of Other. */
beforeEach(() => {
  granted = new Set([SITE, OTHER].flatMap(({ pages, pictures }) => [...pages, ...pictures]));
  const pages: Record<number, string> = { 7: SITE.pages[0], 8: OTHER.pages[0] };
  local = memoryArea({ watchedSites: [SITE, OTHER] });
  vi.stubGlobal("chrome", {
    storage: {
      local,
      session: memoryArea({ "profile:7": { key: "a" }, "tab:7": {}, "profile:8": { key: "b" }, "tab:8": {} }),
    },
    permissions: {
      contains: ({ origins }: { origins: string[] }) => Promise.resolve(origins.every((origin) => granted.has(origin))),
      remove: ({ origins }: { origins: string[] }) =>
        Promise.resolve(origins.forEach((origin) => granted.delete(origin))),
    },
    scripting: {
      unregisterContentScripts: () => Promise.resolve(),
      registerContentScripts: registered,
      executeScript: () => Promise.resolve(),
    },
    tabs: {
      // As browsers do: only where the extension may read the tab's address.
      query: ({ url }: { url: string[] }) =>
        Promise.resolve(
          Object.keys(pages)
            .map(Number)
            .filter((id) => url.includes(pages[id]) && granted.has(pages[id]))
            .map((id) => ({ id })),
        ),
      sendMessage: told,
    },
    action: { setBadgeText: () => Promise.resolve(), setTitle: () => Promise.resolve() },
    runtime: { getManifest: () => ({}) },
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

test.each([SITE.pages[0], SITE.pictures[0]])(
  "a site whose permission %s was taken back is watched no more, and nothing of it is kept",
  async (taken) => {
    granted.delete(taken);
    await applyWatchedSites();
    expect(registered).toHaveBeenCalledWith([expect.objectContaining({ matches: OTHER.pages })]);
    expect(told).toHaveBeenCalledExactlyOnceWith(7, { to: "page", type: "watch-no-more" });
    expect(Object.keys(await chrome.storage.session.get(null))).toEqual(["profile:8", "tab:8"]);
    expect([...granted].sort()).toEqual([...OTHER.pages, ...OTHER.pictures].sort());
  },
);

test("while all permissions are there nothing ends", async () => {
  await applyWatchedSites();
  expect(told).not.toHaveBeenCalled();
  expect(granted.size).toBe(4);
});

test("a site that was wished for is watched as soon as it is allowed, and no later wish of its kind is made up", async () => {
  const third = { name: "Third", pages: ["https://third.example/*"], pictures: [] };
  await wishForSites([third]);
  await applyWatchedSites();
  expect(await watchedSites()).toEqual([SITE, OTHER]);
  granted.add(third.pages[0]);
  await applyWatchedSites();
  expect(await watchedSites()).toEqual([SITE, OTHER, third]);
  expect(await chrome.storage.local.get("wishedSites")).toEqual({});
});

test("what was wished for long ago is not switched on by a permission for something else", async () => {
  vi.useFakeTimers();
  await wishForSites([{ name: "Third", pages: ["https://third.example/*"], pictures: [] }]);
  vi.advanceTimersByTime(10 * 60_000);
  granted.add("https://third.example/*");
  await applyWatchedSites();
  vi.useRealTimers();
  expect(await watchedSites()).toEqual([SITE, OTHER]);
});

test("a wish is written in one step: the popup that wishes may be gone before a second one", () => {
  void wishForSites([SITE]);
  expect(local.set).toHaveBeenCalledOnce();
  expect(local.get).not.toHaveBeenCalled();
});
