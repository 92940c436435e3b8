import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PictureError } from "../shared/picture-error";
import { NeedsPermission, NoPicture, pictureBytes } from "./picture";

const MOST = 10;
const PLACE = { tabId: 1, frameId: 2, src: "https://pictures.example/face.jpg" };
const bytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(7);

interface Injection {
  target: object;
  func: (src: string, most: number) => Promise<unknown>;
  args: [string, number];
}

let pageOrigin: string;
let granted: boolean;
const inPage = vi.fn<() => Promise<Response>>();
const fromBackground = vi.fn<(url: URL | string, init: RequestInit) => Promise<Response>>();
const executeScript = vi.fn<(injection: Injection) => Promise<{ result: unknown }[]>>();

/** What the page does when the extension's function is run in it: it has its own fetch and its own origin. */
async function runInPage({ func, args }: Injection): Promise<{ result: unknown }[]> {
  // As in a sandbox: a picture that is opened in a tab of its own may lie in one.
  vi.stubGlobal("self", { origin: "null" });
  vi.stubGlobal("location", { origin: pageOrigin });
  vi.stubGlobal("fetch", inPage);
  const result = await func(...args);
  vi.stubGlobal("fetch", fromBackground);
  return [{ result }];
}

beforeEach(() => {
  pageOrigin = "https://page.example";
  granted = false;
  executeScript.mockImplementation(runInPage);
  inPage.mockRejectedValue(new TypeError("blocked"));
  fromBackground.mockRejectedValue(new TypeError("no network"));
  vi.stubGlobal("fetch", fromBackground);
  vi.stubGlobal(
    "FileReader",
    class {
      result = "";
      onload: () => void = () => undefined;
      readAsDataURL(blob: Blob): void {
        void blob.arrayBuffer().then((read) => {
          this.result = `data:;base64,${Buffer.from(read).toString("base64")}`;
          fromBackground.mockResolvedValueOnce(new Response(read));
          this.onload();
        });
      }
    },
  );
  vi.stubGlobal("chrome", {
    scripting: { executeScript },
    permissions: { contains: () => Promise.resolve(granted) },
  });
});

afterEach(() => {
  vi.resetAllMocks();
  vi.unstubAllGlobals();
});

test("what the page may read is read there, in the frame that shows it", async () => {
  inPage.mockResolvedValue(new Response(bytes(4)));
  expect(await pictureBytes(PLACE, MOST, "page")).toEqual(bytes(4));
  expect(executeScript.mock.calls[0][0].target).toEqual({ tabId: 1, frameIds: [2] });
});

test("a host that the page may not read from is asked for by name", async () => {
  await expect(pictureBytes(PLACE, MOST, "page")).rejects.toEqual(new NeedsPermission("pictures.example"));
  expect(fromBackground).not.toHaveBeenCalled();
});

test("the page's own site is asked where the page itself cannot read from it, as in a sandbox", async () => {
  pageOrigin = "https://pictures.example";
  fromBackground.mockResolvedValue(new Response(bytes(4)));
  expect(await pictureBytes(PLACE, MOST, "page")).toEqual(bytes(4));
  expect(fromBackground.mock.calls[0][1]).toMatchObject({ credentials: "omit" });
});

test("where the browser does not let the page's own site be read either, permission is asked", async () => {
  pageOrigin = "https://pictures.example";
  await expect(pictureBytes(PLACE, MOST, "page")).rejects.toEqual(new NeedsPermission("pictures.example"));
});

test("with permission the host is asked, without cookies", async () => {
  granted = true;
  fromBackground.mockResolvedValue(new Response(bytes(4)));
  expect(await pictureBytes(PLACE, MOST, "page")).toEqual(bytes(4));
  expect(fromBackground.mock.calls[0][1]).toMatchObject({ credentials: "omit" });
});

test("a watched profile's picture is never read by way of its page", async () => {
  granted = true;
  fromBackground.mockResolvedValue(new Response(bytes(4)));
  await pictureBytes(PLACE, MOST, "host");
  expect(executeScript).not.toHaveBeenCalled();
});

const html = { headers: { "Content-Type": "text/html" } };

test.each([
  ["a refusal", () => new Response(null, { status: 403 }), new NoPicture("host_answered", "pictures.example", "403")],
  ["a page", () => new Response("<p>", html), new NoPicture("host_answered_page", "pictures.example")],
])("%s of the page's own site is told, and no permission asked that could not help", async (_, answer, fault) => {
  pageOrigin = "https://pictures.example";
  inPage.mockResolvedValue(answer());
  await expect(pictureBytes(PLACE, MOST, "page")).rejects.toEqual(fault);
});

test("a refusal of another site may be one of the page only: permission is asked", async () => {
  inPage.mockResolvedValue(new Response(null, { status: 403 }));
  await expect(pictureBytes(PLACE, MOST, "page")).rejects.toEqual(new NeedsPermission("pictures.example"));
});

test("a page instead of the picture is told as such", async () => {
  granted = true;
  fromBackground.mockResolvedValue(new Response("<p>", html));
  await expect(pictureBytes(PLACE, MOST, "host")).rejects.toEqual(
    new NoPicture("host_answered_page", "pictures.example"),
  );
});

test.each([
  ["read in the page", "page", () => inPage.mockResolvedValue(new Response(bytes(MOST + 1)))],
  [
    "as its host declares",
    "host",
    () => fromBackground.mockResolvedValue(new Response(null, { headers: { "Content-Length": "11" } })),
  ],
  ["as it arrives", "host", () => fromBackground.mockResolvedValue(new Response(bytes(MOST + 1)))],
] as const)("a picture that is too large, %s, is refused", async (_, way, prepare) => {
  granted = true;
  prepare();
  await expect(pictureBytes(PLACE, MOST, way)).rejects.toThrow(PictureError);
});

test.each([
  ["not an address", "address_unknown"],
  ["file:///home/face.jpg", "own_file"],
  ["blob:https://page.example/1", "only_in_page"],
])("what no way leads to says why: %s", async (src, key) => {
  await expect(pictureBytes({ ...PLACE, src }, MOST, "page")).rejects.toEqual(new NoPicture(key as "own_file"));
});
