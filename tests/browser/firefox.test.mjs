// The add-on in a real Firefox. Its menus are out of reach there, so the checks begin where a permission was just given.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { noFirefox, openFirefox } from "./support/firefox.mjs";
import { emptyScene, sample } from "./support/pictures.mjs";
import { nobody, startServer } from "./support/servers.mjs";
import { until } from "./support/wait.mjs";

const LARGEST_DIFFERENCE = 0.01;
const skip = noFirefox();

let firefox, server, options;

before(async () => {
  if (skip) return;
  server = await startServer();
  firefox = await openFirefox();
  options = await firefox.page("options.html");
});

after(() => Promise.all([firefox?.close(), server?.stop()]));

/** The outcome of a check by the add-on's background. */
async function check(type, picture, serverAddress) {
  const place = { frameId: 0, element: null, src: `data:${type};base64,${picture.toString("base64")}` };
  const tabId = await options.evaluate(
    async ({ place, serverAddress }) => {
      await chrome.storage.local.set({ serverAddress });
      const id = (await chrome.tabs.getCurrent())?.id;
      const check = crypto.randomUUID();
      await chrome.storage.session.set({ [`pending:${check}`]: { ...place, tabId: id } });
      await chrome.storage.session.remove(`tab:${id}`);
      await chrome.runtime.sendMessage({ to: "background", type: "resume", check, allowed: true });
      return id;
    },
    { place, serverAddress },
  );
  return until("the outcome", () =>
    options.evaluate(async (key) => {
      const { [key]: last } = /** @type {Record<string, any>} */ (await chrome.storage.session.get(key));
      return last?.outcome;
    }, `tab:${tabId}`),
  );
}

test("without a server the add-on answers by itself", { skip }, async () => {
  const { kind, by, report } = await check("image/jpeg", await sample(2), await nobody());
  assert.deepEqual([kind, by], ["report", "browser"]);
  assert.match(report.verdict, /^(real|fake|uncertain)$/);
  assert.equal(report.model.runtime, "tfjs-wasm");
});

test("with a server the server answers, about the same faces", { skip }, async () => {
  const picture = await sample(4);
  const there = await check("image/jpeg", picture, server.address);
  const here = await check("image/jpeg", picture, await nobody());
  assert.deepEqual([there.by, here.by], ["server", "browser"]);
  assert.deepEqual(here.report.image, there.report.image);
  assert.deepEqual(
    here.report.faces.map(({ crop }) => crop),
    there.report.faces.map(({ crop }) => crop),
  );
});

test("by the light network server and add-on agree", { skip }, async () => {
  const body = await sample(4);
  const headers = { "Content-Type": "image/jpeg" };
  const there = await fetch(`${server.address}/v1/check?network=light`, { method: "POST", headers, body });
  const here = await check("image/jpeg", body, await nobody());
  const difference = Math.abs(here.report.probability_fake - (await there.json()).probability_fake);
  assert.ok(difference <= LARGEST_DIFFERENCE, `they differ by ${difference}`);
});

test("a picture without a face gets no verdict", { skip }, async () => {
  const { report } = await check("image/bmp", emptyScene(), await nobody());
  assert.equal(report.verdict, "no_face");
});

test("the popup tells whether the server is there", { skip }, async () => {
  await options.evaluate((serverAddress) => chrome.storage.local.set({ serverAddress }), server.address);
  const popup = await firefox.page("popup.html");
  await until("the popup's words", () =>
    popup.evaluate(() => document.body.innerText.includes("Your server is ready")),
  );
});
