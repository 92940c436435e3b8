// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { memoryArea } from "../shared/chrome.testing";
import type { ServerState } from "../shared/messages";
import type { Answered } from "../shared/outcome";
import type { LastCheck, Sweep } from "../shared/storage";

const BODY = /<body[^>]*>([\s\S]*)<\/body>/.exec(readFileSync("static/popup.html", "utf8"))?.[1] ?? "";
const TAB = { id: 7, url: "https://www.linkedin.com/in/ada-example/" };
const ADDRESS = "http://127.0.0.1:8765";
const AWAY: ServerState = { kind: "away", address: ADDRESS };

const ANSWERED: Answered = {
  kind: "report",
  report: {
    verdict: "fake",
    verdict_by: "network",
    probability_fake: 0.97,
    faces: [{ box: [0, 0, 9, 9], crop: [0, 0, 9, 9], score: 1, verdict: "fake", probability_fake: 0.97 }],
    evidence: [],
    warnings: [],
    image: { width: 9, height: 9, format: "JPEG", sha256: "" },
    model: { name: "n", version: "1.2.3", network: "lite", runtime: "tfjs-wasm", device: "CPU: WebAssembly" },
    milliseconds: { decode: 1, faces: 1, network: 1, total: 3 },
  },
  by: "browser",
  bands: { real_below: 0.3, fake_from: 0.9 },
  serverFault: null,
};

const sent = vi.fn<(message: { type: string }) => Promise<unknown>>();
const request = vi.fn(() => Promise.resolve(true));
const closed = vi.fn();

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal("close", closed);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

function last(outcome: LastCheck["outcome"], startedAt = Date.now()): Record<string, unknown> {
  return { "tab:7": { check: "c", startedAt, outcome, document: "d", frameId: 0 } satisfies LastCheck };
}

/** Opens the popup over the tab. */
async function open(
  session: Record<string, unknown> = {},
  { server = AWAY, replies = {} }: { server?: ServerState; replies?: Record<string, unknown> } = {},
) {
  document.body.innerHTML = BODY;
  const areas = { session: memoryArea(session), local: memoryArea() };
  sent.mockImplementation(({ type }) => Promise.resolve(type === "server-state" ? server : (replies[type] ?? null)));
  vi.stubGlobal("chrome", {
    storage: areas,
    i18n: { getUILanguage: () => "en-GB" },
    tabs: { query: () => Promise.resolve([TAB]) },
    runtime: { sendMessage: sent, getURL: (path: string) => path },
    permissions: { request },
    offscreen: {},
  });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response('{"picture":{"max_bytes":20}}')));
  await import("./index");
  await vi.waitFor(() => {
    if (part("#site input") === null || part("#server .dot") === null || part("#actions button") === null)
      throw new Error("the popup is not filled yet");
  });
  return areas;
}

const part = (selector: string) => document.querySelector<HTMLElement>(selector);
const text = (selector: string) => (part(selector)?.textContent ?? "").replaceAll("\u00a0", " ");

function press(words: string): void {
  const found = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === words);
  if (!found) throw new Error(`the popup has no button "${words}"`);
  found.click();
}

test("a page where nothing was checked yet says how to begin", async () => {
  await open();
  expect(text("#last")).toContain("Nothing has been checked on this page yet.");
});

test("the page's answer is told with its verdict, its probability and who gave it", async () => {
  await open(last(ANSWERED));
  expect(part("#last .verdict")?.dataset.tone).toBe("fake");
  expect(text("#last .verdict")).toMatch(/^.?Fake97% likely generated/);
  expect(text("#last")).toContain("in this browser");
  expect(text("#last")).toContain("1.2.3");
});

test.each([
  ["uncertain", "drawn", 1],
  ["uncertain", "blurred", 0],
  ["uncertain", "tilted", 0],
  ["fake", "drawn", 0],
] as const)("why an answer is %s stands beside it if that is because a face is %s", async (verdict, code, beside) => {
  const warnings: Answered["report"]["warnings"] = [{ code, detail: "once" }];
  await open(last({ ...ANSWERED, report: { ...ANSWERED.report, verdict, warnings: [...warnings, ...warnings] } }));
  expect(document.querySelectorAll("#last .doubt")).toHaveLength(beside);
  if (beside) expect(text("#last .doubt")).toContain("drawn, painted or modelled");
});

test("strong evidence stands beside the verdict, and all of it among the reasons", async () => {
  const evidence: Answered["report"]["evidence"] = [
    { code: "comfyui", detail: "settings of ComfyUI", proves: "generated", strength: "strong" },
    { code: "editor", detail: "an editor's name", proves: "edited", strength: "weak" },
  ];
  await open(last({ ...ANSWERED, report: { ...ANSWERED.report, evidence } }));
  const beside = [...document.querySelectorAll<HTMLElement>("#last .evidence")].filter(
    (found) => found.closest("details") === null,
  );
  expect(beside.map(({ className }) => className)).toEqual(["evidence strong generated"]);
  expect(beside[0].textContent).toContain("ComfyUI");
  const folded = [...document.querySelectorAll<HTMLElement>("#last details .evidence")];
  expect(folded.map(({ className }) => className)).toEqual(["evidence strong generated", "evidence weak edited"]);
});

test("a check that ends while the popup is open is told at once", async () => {
  const { session } = await open(last(null));
  expect(part("#last .verdict")?.dataset.tone).toBe("working");
  await session.set(last(ANSWERED));
  await vi.waitFor(() => expect(part("#last .verdict")?.dataset.tone).toBe("fake"));
});

test("a check that never came to an end is not told as running", async () => {
  await open(last(null, Date.now() - 61_000));
  expect(text("#last")).toContain("The check was interrupted. Please try again.");
});

test("the server's state is told in words, with a link to its page where it is ready", async () => {
  await open({}, { server: { kind: "ready", address: ADDRESS, name: "faces", version: "2", device: "CPU: y" } });
  expect(text("#server")).toBe("Your server is ready (faces, 2, CPU: y).");
  expect(part("#server-page")?.hidden).toBe(false);
  expect(part("#server-page")?.getAttribute("href")).toBe(`${ADDRESS}/`);
});

test("a server that is not ready is told with its reason", async () => {
  await open({}, { server: { kind: "not_ready", address: ADDRESS, detail: "it is loading" } });
  expect(text("#server")).toBe(`Your server at ${ADDRESS} is not ready: it is loading.`);
});

test("without a server the popup says that the browser answers, and links to no page", async () => {
  await open();
  expect(text("#server")).toBe("Your server is not running. This browser answers by itself.");
  expect(part("#server-page")?.hidden).toBe(true);
});

test("the site's switch asks the browser and switches on", async () => {
  await open();
  expect(text("#site label")).toBe("Check profile pictures on linkedin.com by itself");
  part("#site input")?.click();
  await vi.waitFor(() => expect(sent).toHaveBeenCalledWith({ to: "background", type: "apply-sites" }));
  expect(request).toHaveBeenCalledOnce();
});

test("where the browser's question is answered with no, the switch goes back and says why", async () => {
  await open();
  request.mockResolvedValueOnce(false);
  part("#site input")?.click();
  await vi.waitFor(() => expect(text("#site [role=status]")).toContain("Not switched on"));
  expect((part("#site input") as HTMLInputElement).checked).toBe(false);
});

test("a profile whose picture was not found is told", async () => {
  await open({ "profile:7": { key: "k", site: "linkedin", picture: null, state: "not_found" } });
  expect(text("#site")).toContain("its picture was not found");
});

test("a profile is told as soon as the page was looked at, and its switch stays under the person's hand", async () => {
  const { session } = await open();
  const box = part("#site input");
  await session.set({ "profile:7": { key: "k", site: "linkedin", picture: "p", state: "placeholder" } });
  await vi.waitFor(() => expect(text("#site")).toContain("has no picture of its own"));
  expect(part("#site input")).toBe(box);
  await session.set({ "profile:7": { key: "l", site: "linkedin", picture: "q", state: "checked" } });
  await vi.waitFor(() => expect(text("#site")).not.toContain("has no picture of its own"));
});

test("the picker starts in the page, and the popup gives way", async () => {
  await open({}, { replies: { pick: "done" } });
  press("Point at a face");
  await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce());
  expect(sent).toHaveBeenCalledWith({ to: "background", type: "pick", tabId: TAB.id });
});

test("a page that no extension may enter is told instead of a picker", async () => {
  await open();
  press("Point at a face");
  await vi.waitFor(() => expect(text("#actions")).toContain("lets no extension look at this page"));
  expect(closed).not.toHaveBeenCalled();
});

test("all faces of the page are checked at a click, with progress, a way to stop and a list", async () => {
  const { session } = await open();
  press("Check all faces on this page");
  expect(sent).toHaveBeenCalledWith({ to: "background", type: "check-all", tabId: TAB.id });
  const sweep: Sweep = {
    id: "s",
    state: "running",
    total: 3,
    done: 1,
    found: [ANSWERED],
    hosts: [],
  };
  await session.set({ "all:7": sweep });
  await vi.waitFor(() => expect(text(".sweep [role=status]")).toBe("1 of 3 pictures checked"));
  expect(text(".results li")).toContain("Fake");
  press("Stop");
  expect(sent).toHaveBeenCalledWith({ to: "background", type: "stop-all", tabId: TAB.id });
  await session.set({ "all:7": { ...sweep, state: "done", done: 3 } });
  await vi.waitFor(() => expect(text(".sweep [role=status]")).toBe("Pictures checked: 3, with faces: 1"));
});

/** Pastes files into the popup, as a browser tells of it. */
function paste(...files: File[]): void {
  const event = new Event("paste");
  Object.assign(event, { clipboardData: { files } });
  document.dispatchEvent(event);
}

test("the reasons are folded, and stay open while other pictures are checked", async () => {
  const { session } = await open(last(ANSWERED));
  const reasons = part("#last details") as HTMLDetailsElement;
  expect(reasons.open).toBe(false);
  reasons.open = true;
  const sweep: Sweep = { id: "s", state: "running", total: 3, done: 1, found: [], hosts: [] };
  await session.set({ "all:7": sweep });
  await vi.waitFor(() => expect(text(".sweep [role=status]")).toBe("1 of 3 pictures checked"));
  expect((part("#last details") as HTMLDetailsElement).open).toBe(true);
});

test("progress does not take the keyboard away from the button that stops", async () => {
  const sweep: Sweep = { id: "s", state: "running", total: 3, done: 1, found: [], hosts: [] };
  const { session } = await open({ "all:7": sweep });
  const stop = () => [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Stop");
  const before = stop();
  before?.focus();
  await session.set({ "all:7": { ...sweep, done: 2 } });
  await vi.waitFor(() => expect(text(".sweep [role=status]")).toBe("2 of 3 pictures checked"));
  expect(stop()).not.toBe(before);
  expect(document.activeElement).toBe(stop());
});

test("a picture that is pasted is checked, and its answer told below it", async () => {
  await open({}, { replies: { "check-picture": ANSWERED } });
  paste(new File(["notes"], "a.txt", { type: "text/plain" }), new File(["face"], "me.png", { type: "image/png" }));
  await vi.waitFor(() => expect(text("#own .verdict")).toMatch(/^.?Fake97% likely generated/));
  const picture = `data:;base64,${btoa("face")}`;
  const message = { to: "background", type: "check-picture", picture, name: "me.png", by: null };
  expect(sent).toHaveBeenCalledWith(message);
  expect(part("#own img")?.getAttribute("alt")).toBe("me.png");
});

test("pasting what holds no picture says so", async () => {
  await open();
  paste(new File(["notes"], "a.txt", { type: "text/plain" }));
  await vi.waitFor(() => expect(text("#own .answer")).toBe("There is no picture in it."));
});

test("a file of more bytes than a picture may have goes nowhere", async () => {
  await open();
  paste(new File(["x".repeat(21)], "large.png", { type: "image/png" }));
  await vi.waitFor(() => expect(text("#own .answer")).toContain("too large"));
  expect(sent).not.toHaveBeenCalledWith(expect.objectContaining({ type: "check-picture" }));
});

test("what was checked in the session is listed and forgotten at a click", async () => {
  const recent = [{ at: Date.now(), from: "example.com", outcome: ANSWERED }];
  const { session } = await open({ recent, answers: ["00"], "answer:00": [], "profile:9": { key: "k" } });
  await vi.waitFor(() => expect(text("#recent li")).toMatch(/Fake 97% likely generatedexample\.com, \d/));
  press("Forget them");
  await vi.waitFor(() => expect(part("#recent")?.hidden).toBe(true));
  expect(Object.keys(session.held)).toEqual(["profile:9"]);
});

test("a list of checks that is empty is not shown", async () => {
  await open();
  expect(part("#recent")?.hidden).toBe(true);
});
