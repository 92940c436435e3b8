import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { memoryArea } from "../shared/chrome.testing";
import { PictureError } from "../shared/picture-error";
import type { Sensitivity } from "../shared/sensitivity";
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
let stored = memoryArea();
const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();

beforeEach(() => {
  vi.stubGlobal("fetch", fetched);
  stored = memoryArea();
  vi.stubGlobal("chrome", { storage: { local: stored, session: memoryArea() }, runtime: { id: "abc" } });
});

afterEach(() => {
  fetched.mockReset();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function check(onDoubt: () => void = () => undefined, sensitivity: Sensitivity = "usual") {
  return new Server().check(JPEG, sensitivity, { signal: new AbortController().signal, onDoubt });
}

function answers(status: number, body: unknown): void {
  fetched.mockResolvedValue(new Response(JSON.stringify(body), { status }));
}

test("the picture is posted as it is, with the type of its content", async () => {
  answers(200, REPORT);
  expect(await check()).toEqual(REPORT);
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
  await check(undefined, "strict");
  expect(fetched.mock.calls[0][0]).toBe("http://127.0.0.1:8765/v1/check?heatmap=1&sensitivity=strict");
});

test("an error about the picture is an answer", async () => {
  answers(422, { code: "unreadable_picture", detail: "cut off" });
  await expect(check()).rejects.toEqual(new PictureError("unreadable_picture", "cut off"));
});

for (const [status, body] of [
  [500, { code: "internal_error" }],
  [503, { code: "busy" }],
  [403, { code: "host_not_allowed" }],
  [200, { hello: "world" }],
] as const) {
  test(`${status} ${JSON.stringify(body)} is a fault of the server`, async () => {
    answers(status, body);
    await expect(check()).rejects.toThrow(`server_wrong ${status}`);
  });
}

test("a server that is not there is a fault", async () => {
  fetched.mockRejectedValue(new TypeError("Failed to fetch"));
  await expect(check()).rejects.toThrow("server_away");
  expect(await serverState()).toEqual({ kind: "away", address: "http://127.0.0.1:8765" });
});

test("a server that asks for its token, or does not know the extension, is told as such", async () => {
  answers(401, { code: "unauthorized" });
  await expect(check()).rejects.toThrow("server_token");
  fetched.mockImplementation(() => Promise.resolve(new Response('{"code":"origin_not_allowed"}', { status: 403 })));
  await expect(check()).rejects.toThrow("server_stranger --extension abc");
  expect(await serverState()).toMatchObject({ kind: "wrong", why: ["server_stranger", "--extension abc"] });
});

const OTHERS: Record<string, [() => Response, string]> = {
  "a page": [
    () => new Response("<!doctype html>", { headers: { "Content-Type": "text/html; charset=utf-8" } }),
    "200 text/html",
  ],
  "half a report": [
    () => new Response('{"verdict":', { headers: { "Content-Type": "application/json" } }),
    "200 application/json",
  ],
  nothing: [() => new Response(null, { status: 204 }), "204"],
  "a page that is not found": [
    () => new Response("no", { status: 404, headers: { "Content-Type": "text/plain" } }),
    "404 text/plain",
  ],
};

test.each(Object.entries(OTHERS))("%s is another program's answer", async (_, [answer, said]) => {
  fetched.mockImplementation(() => Promise.resolve(answer()));
  await expect(check()).rejects.toThrow(`server_other ${said}`);
  expect(await serverState()).toEqual({
    kind: "wrong",
    address: "http://127.0.0.1:8765",
    why: ["server_other", said],
  });
});

test("redirects are not followed", async () => {
  answers(200, REPORT);
  await check();
  expect(fetched.mock.calls[0][1].redirect).toBe("manual");
  fetched.mockResolvedValue({
    type: "opaqueredirect",
    status: 0,
    headers: new Headers(),
    text: () => Promise.resolve(""),
  } as Response);
  await expect(check()).rejects.toThrow("server_other 3xx");
});

test("the token goes to the server that it was entered for", async () => {
  await stored.set({ serverAddress: "https://faces.example", serverToken: "0123456789abcdef" });
  answers(200, REPORT);
  await check();
  const [url, init] = fetched.mock.calls[0];
  expect(url).toBe("https://faces.example/v1/check?heatmap=1");
  expect(init.headers).toMatchObject({ Authorization: "Bearer 0123456789abcdef" });
});

test("another machine's server is never asked without a token", async () => {
  await stored.set({ serverAddress: "https://faces.example" });
  answers(200, REPORT);
  await check();
  const [url, init] = fetched.mock.calls[0];
  expect(url).toBe("http://127.0.0.1:8765/v1/check?heatmap=1");
  expect(init.headers).not.toHaveProperty("Authorization");
});

/** Never answers; ends with its signal, as fetch does. */
function hang({ signal }: RequestInit): Promise<Response> {
  return new Promise((_, fail) => {
    const end = (): void => fail(signal?.reason as Error);
    if (signal?.aborted) end();
    else signal?.addEventListener("abort", end);
  });
}

/** When doubts come and when the server is given up, in milliseconds after it has begun to hang. */
async function givenUp(readyFor: number): Promise<{ doubted: number; failed: number }> {
  vi.useFakeTimers();
  // Timers of the browser's own are not among the faked ones.
  vi.spyOn(AbortSignal, "timeout").mockImplementation((milliseconds) => {
    const end = new AbortController();
    setTimeout(() => end.abort(new DOMException("", "TimeoutError")), milliseconds);
    return end.signal;
  });
  const end = Date.now() + readyFor;
  fetched.mockImplementation((url, init) =>
    url.endsWith("/readyz") && Date.now() < end ? Promise.resolve(new Response("{}")) : hang(init),
  );
  const found = { doubted: NaN, failed: NaN };
  const failing = check(() => (found.doubted = Date.now() - end)).catch((error: Error) => {
    expect(error.message).toBe("server_slow");
    found.failed = Date.now() - end;
  });
  await vi.advanceTimersByTimeAsync(90_000);
  await failing;
  return found;
}

test.each([0, 1, 190, 500, 3210])("a server that hangs after %d ms is in doubt within 0.8 s", async (readyFor) => {
  const { doubted } = await givenUp(readyFor);
  expect(doubted).toBeGreaterThan(0);
  expect(doubted).toBeLessThanOrEqual(800);
});

test("one that says it is well is waited for, but not for ever", async () => {
  const { failed } = await givenUp(60_000);
  expect(failed + 60_000).toBeGreaterThanOrEqual(10_000);
  expect(failed + 60_000).toBeLessThan(11_000);
});

test("nobody goes on with what nobody waits for", async () => {
  fetched.mockImplementation((_, init) => hang(init));
  const end = new AbortController();
  const failing = new Server().check(JPEG, "usual", { signal: end.signal, onDoubt: () => undefined });
  end.abort();
  await expect(failing).rejects.toThrow("server_away");
});
