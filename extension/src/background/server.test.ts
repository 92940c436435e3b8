import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PictureError } from "../shared/picture-error";
import { Server, serverState } from "./server";

vi.mock("../shared/shipped", () => ({
  shippedManifest: () => Promise.resolve({ roles: { strong: "x" }, networks: { x: { sensitivities: {} } } }),
}));

const REPORT = {
  verdict: "real",
  verdict_by: "network",
  probability_fake: 0.1,
  faces: [],
  evidence: [],
  warnings: [],
  image: { width: 1, height: 1, format: "PNG", sha256: "0".repeat(64) },
  model: { name: "n", version: "1", network: "x", runtime: "lite", device: "CPU: y" },
  milliseconds: { decode: 0, faces: 0, network: 0, total: 0 },
};
const JPEG = Uint8Array.from([0xff, 0xd8, 0xff]);
const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();

beforeEach(() => {
  vi.stubGlobal("fetch", fetched);
  const nothing = { get: () => Promise.resolve({}), set: () => Promise.resolve() };
  vi.stubGlobal("chrome", { storage: { local: nothing, session: nothing } });
});

afterEach(() => {
  fetched.mockReset();
  vi.unstubAllGlobals();
});

function answers(status: number, body: unknown): void {
  fetched.mockResolvedValue(new Response(JSON.stringify(body), { status }));
}

test("the picture is posted as it is, with the type of its content", async () => {
  answers(200, REPORT);
  expect(await new Server().check(JPEG, "usual")).toEqual(REPORT);
  const [url, init] = fetched.mock.calls[0];
  expect(url).toBe("http://127.0.0.1:8765/v1/check?heatmap=1");
  expect(init).toMatchObject({
    method: "POST",
    headers: { "Content-Type": "image/jpeg" },
    body: JPEG,
    credentials: "omit",
  });
});

test("a sensitivity other than the usual one is asked for", async () => {
  answers(200, REPORT);
  await new Server().check(JPEG, "strict");
  expect(fetched.mock.calls[0][0]).toBe("http://127.0.0.1:8765/v1/check?heatmap=1&sensitivity=strict");
});

test("an error about the picture is an answer", async () => {
  answers(422, { code: "unreadable_picture", detail: "cut off" });
  await expect(new Server().check(JPEG, "usual")).rejects.toEqual(new PictureError("unreadable_picture", "cut off"));
});

for (const [status, body] of [
  [500, { code: "internal_error" }],
  [503, { code: "busy" }],
  [403, { code: "origin_not_allowed" }],
  [200, { hello: "world" }],
] as const) {
  test(`${status} ${JSON.stringify(body)} is a fault of the server`, async () => {
    answers(status, body);
    await expect(new Server().check(JPEG, "usual")).rejects.toThrow(`server_wrong ${status}`);
  });
}

test("a server that is not there is a fault", async () => {
  fetched.mockRejectedValue(new TypeError("Failed to fetch"));
  await expect(new Server().check(JPEG, "usual")).rejects.toThrow("server_away");
  expect(await serverState()).toEqual({ kind: "away", address: "http://127.0.0.1:8765" });
});
