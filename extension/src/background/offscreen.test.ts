import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { OffscreenBrowser } from "./offscreen";

const REPLY = { kind: "report", report: { verdict: "real" } };
const PICTURE = new Uint8Array(1);

type Document = (message: { to: string }) => Promise<unknown>;

const never = new Promise<never>(() => undefined);
const well: Document = ({ to }) => Promise.resolve(to === "offscreen" ? REPLY : true);

let document: Document | null;
let next: Document;
const createDocument = vi.fn(() => {
  document = next;
  return Promise.resolve();
});
const closeDocument = vi.fn(() => {
  document = null;
  return Promise.resolve();
});

beforeEach(() => {
  vi.useFakeTimers();
  document = null;
  next = well;
  vi.stubGlobal("chrome", {
    runtime: {
      ContextType: { OFFSCREEN_DOCUMENT: "OFFSCREEN_DOCUMENT" },
      getContexts: () => Promise.resolve(document ? [{}] : []),
      sendMessage: (message: { to: string }) =>
        document ? document(message) : Promise.reject(new Error("Receiving end does not exist.")),
    },
    offscreen: { Reason: { BLOBS: "BLOBS" }, createDocument, closeDocument },
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.clearAllMocks();
  vi.useRealTimers();
});

async function checked(milliseconds: number): Promise<unknown> {
  const report = new OffscreenBrowser().check(PICTURE, "usual");
  const settled = report.catch((error: Error) => error.message);
  await vi.advanceTimersByTimeAsync(milliseconds);
  return Promise.race([settled, Promise.resolve("still waiting")]);
}

function two(): Promise<unknown[]> {
  const browser = new OffscreenBrowser();
  return Promise.all([browser.check(PICTURE, "usual"), browser.check(PICTURE, "usual")]);
}

test("the document is made at the first picture and used again", async () => {
  expect(await checked(0)).toBe(REPLY.report);
  expect(await checked(0)).toBe(REPLY.report);
  expect(createDocument).toHaveBeenCalledOnce();
});

test("a document that has crashed is still said to be there: another one gets the picture", async () => {
  document = () => Promise.reject(new Error("Receiving end does not exist."));
  expect(await checked(0)).toBe(REPLY.report);
  expect(closeDocument).toHaveBeenCalledOnce();
});

test("one that dies over a picture is replaced", async () => {
  document = ({ to }) =>
    to === "offscreen" ? Promise.reject(new Error("The message port closed")) : Promise.resolve(true);
  expect(await checked(0)).toBe(REPLY.report);
});

test("one that hangs is replaced after ten seconds", async () => {
  document = () => never;
  expect(await checked(10_000)).toBe(REPLY.report);
  expect(closeDocument).toHaveBeenCalledOnce();
});

test("one that is silent for less than that is waited for", async () => {
  document = () => never;
  expect(await checked(9000)).toBe("still waiting");
});

test("one that works long but is alive is waited for", async () => {
  document = ({ to }) => (to === "offscreen" ? never : Promise.resolve(true));
  expect(await checked(120_000)).toBe("still waiting");
  expect(closeDocument).not.toHaveBeenCalled();
});

test("when the new one dies too, somebody else is asked", async () => {
  next = () => Promise.reject(new Error("gone again"));
  expect(await checked(0)).toBe("gone again");
});

test("checks that come while the document is loading wait for it", async () => {
  let loaded = (): void => undefined;
  createDocument.mockImplementationOnce(() => {
    document = () => Promise.reject(new Error("Receiving end does not exist."));
    return new Promise((done) => {
      loaded = () => {
        document = well;
        done(undefined);
      };
    });
  });
  const both = two();
  await vi.advanceTimersByTimeAsync(1000);
  loaded();
  expect(await both).toEqual([REPLY.report, REPLY.report]);
  expect(closeDocument).not.toHaveBeenCalled();
});

test("of two checks that a document dies over, one replaces it", async () => {
  document = ({ to }) => (to === "offscreen" ? Promise.reject(new Error("gone")) : Promise.resolve(true));
  expect(await two()).toEqual([REPLY.report, REPLY.report]);
  expect(closeDocument).toHaveBeenCalledOnce();
});
