import { afterEach, expect, test, vi } from "vitest";
import { event, memoryArea } from "../shared/chrome.testing";
import { start } from "./start";

afterEach(() => vi.unstubAllGlobals());

/** The background as the browser starts it over what an earlier one has stored. */
function started(session: Record<string, unknown>) {
  const areas = { session: memoryArea(session), local: memoryArea() };
  const happens = { installed: event(), menuShown: event() };
  const create = vi.fn();
  const update = vi.fn();
  const refresh = vi.fn();
  const openTab = vi.fn();
  vi.stubGlobal("chrome", {
    storage: areas,
    i18n: { getUILanguage: () => "en" },
    runtime: { onInstalled: happens.installed, onMessage: event(), getURL: (path: string) => path },
    contextMenus: { create, update, refresh, onClicked: event(), onShown: happens.menuShown },
    permissions: { onAdded: event(), onRemoved: event() },
    commands: { onCommand: event() },
    tabs: { create: openTab, onUpdated: event(), onActivated: event(), onRemoved: event() },
    scripting: { unregisterContentScripts: () => Promise.resolve() },
  });
  start([]);
  return { ...happens, ...areas, create, update, refresh, openTab };
}

const OLDER = { "tab:7": { verdict: "fake" }, "answer:00": { report: null }, "all:7": 1, serverTimes: "soon" };

test("an update forgets what the version before it has kept for the session", async () => {
  const { installed, session, create } = started({ ...OLDER });
  installed.happen({ reason: "update", previousVersion: "0.9.0" });
  await vi.waitFor(() => expect(create).toHaveBeenCalledOnce());
  expect(session.held).toEqual({});
});

test("a background that was merely stopped finds what it has kept", () => {
  expect(started({ ...OLDER }).session.held).toEqual(OLDER);
});

test("the page that explains the extension is opened once, at its installation", () => {
  const { installed, openTab } = started({});
  installed.happen({ reason: "install" });
  installed.happen({ reason: "update", previousVersion: "1.0.0" });
  installed.happen({ reason: "chrome_update" });
  expect(openTab).toHaveBeenCalledExactlyOnceWith({ url: "welcome.html" });
});

test.each([
  [["all", "image", "link"], "Check this face"],
  [["all", "page"], "Check the face here"],
  [["all", "link"], "Check the face here"],
])("where the browser says that a menu opens over %j, its entry is %s", async (contexts, title) => {
  const { menuShown, update, refresh } = started({});
  menuShown.happen({ contexts });
  await vi.waitFor(() => expect(refresh).toHaveBeenCalledOnce());
  expect(update).toHaveBeenCalledExactlyOnceWith("check-this-face", { title });
});
