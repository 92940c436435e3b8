// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { memoryArea } from "../shared/chrome.testing";

const BODY = /<body[^>]*>([\s\S]*)<\/body>/.exec(readFileSync("static/options.html", "utf8"))?.[1] ?? "";
const TOKEN = "0123456789abcdef";
const ELSEWHERE = "https://faces.example:8765";

let local: ReturnType<typeof memoryArea>;
const request = vi.fn<(wanted: object) => Promise<boolean>>();

beforeEach(() => {
  vi.resetModules();
  request.mockReset().mockResolvedValue(true);
  local = memoryArea();
  document.body.innerHTML = BODY;
});

afterEach(() => vi.unstubAllGlobals());

/** Types an address and a token into the options of a browser and saves them. */
async function save(firefox: boolean, address: string, token = ""): Promise<void> {
  const manifest = firefox ? { browser_specific_settings: {} } : {};
  vi.stubGlobal("chrome", {
    storage: { local },
    runtime: { getManifest: () => manifest },
    permissions: { request },
  });
  const { listenToServerForm } = await import("./server");
  listenToServerForm();
  (document.getElementById("address") as HTMLInputElement).value = address;
  (document.getElementById("token") as HTMLInputElement).value = token;
  document.getElementById("server")?.dispatchEvent(new Event("submit", { cancelable: true }));
}

const agree = () => document.getElementById("elsewhere-agree")?.click();

test("Firefox is asked for the consent that pictures may leave the machine, once the person has agreed", async () => {
  await save(true, ELSEWHERE, TOKEN);
  expect(request).not.toHaveBeenCalled();
  expect(document.getElementById("elsewhere-warning")?.textContent).toContain("faces.example");
  agree();
  const wanted = { origins: ["https://faces.example/*"], data_collection: ["websiteContent"] };
  expect(request).toHaveBeenCalledExactlyOnceWith(wanted);
  await vi.waitFor(() => expect(local.held).toMatchObject({ serverAddress: ELSEWHERE, serverToken: TOKEN }));
});

test("no such consent is asked for a server on this machine", async () => {
  await save(true, "http://127.0.0.1:9000");
  expect(request).toHaveBeenCalledExactlyOnceWith({ origins: ["http://127.0.0.1/*"] });
  await vi.waitFor(() => expect(local.held.serverAddress).toBe("http://127.0.0.1:9000"));
});

test("other browsers, which know no such consent, are asked for the host alone", async () => {
  await save(false, ELSEWHERE, TOKEN);
  agree();
  expect(request).toHaveBeenCalledExactlyOnceWith({ origins: ["https://faces.example/*"] });
});

test("where the browser's question is answered with no, the server stays as it was", async () => {
  request.mockResolvedValue(false);
  await save(true, ELSEWHERE, TOKEN);
  agree();
  await vi.waitFor(() => expect(document.getElementById("state")?.textContent).not.toBe(""));
  expect(local.held).toEqual({});
});
