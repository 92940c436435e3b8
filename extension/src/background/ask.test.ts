import { expect, test, vi } from "vitest";
import type { Answerer, Asking } from "../shared/answerer";
import { PictureError } from "../shared/picture-error";
import type { Report } from "../presentation/report.generated";
import { Fault } from "../shared/outcome";
import type { Sensitivity } from "../shared/sensitivity";
import { ask } from "./ask";

vi.mock("./bands", () => ({ bandsOf: () => Promise.resolve(null) }));

const PICTURE = new Uint8Array(1);
const REPORT = { verdict: "real" } as Report;

function answerer(by: Answerer["by"], answer: (asking: Asking) => Promise<Report>) {
  const check = vi.fn((_picture: Uint8Array, _sensitivity: Sensitivity, asking: Asking) => answer(asking));
  return { by, check, model: () => Promise.resolve(null) } satisfies Answerer;
}

test("the first who answers is believed and nobody else is asked", async () => {
  const server = answerer("server", () => Promise.resolve(REPORT));
  const browser = answerer("browser", () => Promise.resolve(REPORT));
  expect(await ask([server, browser], PICTURE, "usual")).toMatchObject({
    kind: "report",
    by: "server",
    serverFault: null,
  });
  expect(browser.check).not.toHaveBeenCalled();
});

test("a server at fault leaves the answer to the browser, and the fault is told", async () => {
  const server = answerer("server", () => Promise.reject(new Fault("server_away")));
  const browser = answerer("browser", () => Promise.resolve(REPORT));
  const outcome = await ask([server, browser], PICTURE, "usual");
  expect(outcome).toMatchObject({ kind: "report", by: "browser", serverFault: ["server_away"] });
});

test("a picture at fault is the answer", async () => {
  const server = answerer("server", () => Promise.reject(new PictureError("unreadable_picture", "cut off")));
  const browser = answerer("browser", () => Promise.resolve(REPORT));
  expect(await ask([server, browser], PICTURE, "usual")).toMatchObject({
    kind: "bad_picture",
    code: "unreadable_picture",
    detail: "cut off",
    by: "server",
  });
  expect(browser.check).not.toHaveBeenCalled();
});

test("when nobody answers all reasons are told", async () => {
  const server = answerer("server", () => Promise.reject(new Fault("server_slow")));
  const browser = answerer("browser", () => Promise.reject(new Error("two")));
  expect(await ask([server, browser], PICTURE, "usual")).toEqual({
    kind: "no_answerer",
    why: [["nobody_answered"], ["server_slow"], ["browser_fault", "two"]],
  });
});

test("where the server is in doubt from the beginning the browser is asked at once", async () => {
  const server = answerer("server", () => new Promise(() => undefined));
  const browser = answerer("browser", () => Promise.resolve(REPORT));
  const outcome = await ask([server, browser], PICTURE, "usual", [server]);
  expect(outcome).toMatchObject({ kind: "report", by: "browser", serverFault: ["server_slow"] });
});

test("while the server is in doubt the browser is asked too, and the first to answer is believed", async () => {
  const asked: AbortSignal[] = [];
  const server = answerer("server", ({ signal, onDoubt }) => {
    asked.push(signal);
    onDoubt();
    return new Promise(() => undefined);
  });
  const browser = answerer("browser", () => Promise.resolve(REPORT));
  const outcome = await ask([server, browser], PICTURE, "usual");
  expect(outcome).toMatchObject({ kind: "report", by: "browser", serverFault: ["server_slow"] });
  expect(asked[0].aborted).toBe(true);
});

test("a server in doubt that answers first after all is believed", async () => {
  const server = answerer("server", ({ onDoubt }) => {
    onDoubt();
    return new Promise((done) => setTimeout(() => done(REPORT)));
  });
  const browser = answerer("browser", () => new Promise(() => undefined));
  expect(await ask([server, browser], PICTURE, "usual")).toMatchObject({ by: "server", serverFault: null });
});

test("a server in doubt is waited for when the browser cannot answer", async () => {
  const server = answerer("server", ({ onDoubt }) => {
    onDoubt();
    return new Promise((done) => setTimeout(() => done(REPORT), 5));
  });
  const browser = answerer("browser", () => Promise.reject(new Error("no memory")));
  expect(await ask([server, browser], PICTURE, "usual")).toMatchObject({ kind: "report", by: "server" });
});
