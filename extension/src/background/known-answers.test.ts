import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Answerer, Judge } from "../shared/answerer";
import { memoryArea } from "../shared/chrome.testing";
import type { Report } from "../presentation/report.generated";
import { askOnce } from "./known-answers";

vi.mock("./bands", () => ({ bandsOf: () => Promise.resolve(null) }));

const picture = (...bytes: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(bytes);
const FACE = picture(1, 2, 3);

let local: ReturnType<typeof memoryArea>;
let session: ReturnType<typeof memoryArea>;

beforeEach(() => {
  local = memoryArea();
  session = memoryArea();
  const manifest = { roles: { strong: "n", light: "n" }, networks: { n: { sensitivities: {} } } };
  vi.stubGlobal("fetch", () => Promise.resolve({ json: () => Promise.resolve(manifest) }));
  vi.stubGlobal("chrome", { storage: { local, session }, runtime: { getURL: (path: string) => path } });
});

afterEach(() => vi.unstubAllGlobals());

/** Somebody who judges with this network of this bundle, which may be replaced by another. */
function answerer(by: Answerer["by"], version: string, network: string) {
  const judge: Judge = { version, network };
  const check = vi.fn(() => Promise.resolve({ verdict: "real", model: { ...judge } } as Report));
  return { by, judge, check, model: () => Promise.resolve({ ...judge }) } satisfies Answerer & { judge: Judge };
}

/** Until what has been answered is kept, which nobody waits for. */
const kept = () => vi.waitFor(() => expect(session.set).toHaveBeenCalled());

test("the same bytes are judged once", async () => {
  const server = answerer("server", "1", "strong");
  await askOnce([server], FACE);
  await kept();
  expect(await askOnce([server], picture(1, 2, 3))).toMatchObject({ kind: "report", by: "server" });
  expect(server.check).toHaveBeenCalledOnce();
  await askOnce([server], picture(1, 2, 4));
  expect(server.check).toHaveBeenCalledTimes(2);
});

test.each([
  ["another bundle", (server: { judge: Judge }) => (server.judge.version = "2")],
  ["another network", (server: { judge: Judge }) => (server.judge.network = "light")],
  ["another sensitivity", () => (local.held.sensitivity = "strict")],
])("with %s they are judged anew", async (_, change) => {
  const server = answerer("server", "1", "strong");
  await askOnce([server], FACE);
  await kept();
  change(server);
  await askOnce([server], FACE);
  expect(server.check).toHaveBeenCalledTimes(2);
});

test("what the browser has said in the server's stead is not the server's answer", async () => {
  const browser = answerer("browser", "1", "light");
  await askOnce([browser], FACE);
  await kept();
  const server = answerer("server", "1", "strong");
  expect(await askOnce([server, browser], FACE)).toMatchObject({ by: "server" });
});

test.each([
  ["server", ["server"]],
  ["browser", ["browser"]],
  ["browser_only", ["browser"]],
] as const)("who is asked first is the person's choice: %s", async (order, asked) => {
  local.held.order = order;
  const both = [answerer("server", "1", "strong"), answerer("browser", "1", "light")];
  await askOnce(both, FACE);
  expect(both.filter(({ check }) => check.mock.calls.length > 0).map(({ by }) => by)).toEqual(asked);
});

test("where this browser alone may answer, the server is not asked when it cannot", async () => {
  local.held.order = "browser_only";
  const server = answerer("server", "1", "strong");
  const browser = { ...answerer("browser", "1", "light"), check: () => Promise.reject(new Error("no memory")) };
  expect(await askOnce([server, browser], FACE)).toMatchObject({ kind: "no_answerer" });
  expect(server.check).not.toHaveBeenCalled();
});

test("of more answers than a session keeps the oldest are forgotten", async () => {
  const server = answerer("server", "1", "strong");
  for (let at = 0; at <= 300; at++) await askOnce([server], picture(at % 256, at >> 8));
  await vi.waitFor(() => expect(session.held.answers).toHaveLength(300));
  await askOnce([server], picture(1, 0));
  expect(server.check).toHaveBeenCalledTimes(301);
  await askOnce([server], picture(0, 0));
  expect(server.check).toHaveBeenCalledTimes(302);
});
