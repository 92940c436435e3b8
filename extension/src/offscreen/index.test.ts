import { afterEach, expect, test, vi } from "vitest";
import { event } from "../shared/chrome.testing";

vi.mock("../detector/in-browser", () => ({
  InBrowser: class {
    check = () => Promise.resolve({ verdict: "real" });
  },
}));

const MINUTE = 60_000;

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the document closes itself, with all that its network holds, five minutes after the last check", async () => {
  vi.useFakeTimers();
  const close = vi.fn();
  const onMessage = event();
  vi.stubGlobal("close", close);
  vi.stubGlobal("chrome", { runtime: { onMessage } });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("")));
  await import("./index");
  await vi.advanceTimersByTimeAsync(4 * MINUTE);
  const reply = vi.fn();
  onMessage.happen({ to: "offscreen", picture: "data:,", sensitivity: "usual" }, {}, reply);
  await vi.waitFor(() => expect(reply).toHaveBeenCalledWith({ kind: "report", report: { verdict: "real" } }));
  await vi.advanceTimersByTimeAsync(4.9 * MINUTE);
  expect(close).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(0.2 * MINUTE);
  expect(close).toHaveBeenCalledOnce();
});
