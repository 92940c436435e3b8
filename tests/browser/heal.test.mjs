// What has died in the background is there again at the next check.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser } from "./support/browser.mjs";
import { noFirefox, openFirefox } from "./support/firefox.mjs";
import { extensionMegabytes, pageMemory } from "./support/load.mjs";
import { openOffscreen } from "./support/offscreen.mjs";
import { sample } from "./support/pictures.mjs";
import { openScreen } from "./support/screen.mjs";
import { nobody } from "./support/servers.mjs";
import { until } from "./support/wait.mjs";

const VERDICT = /^(Real|Fake|Uncertain)\s*(under 1|over 99|\d+)% likely generated/;
const FACES = [2, 3, 4, 5, 6];
// The network alone takes about a hundred.
const RETURNED_MB = 40;
// A network that starts anew on a busy machine.
const HEALED_MS = 60_000;

let screen, browser, serverAddress;
let nextFace = 0;

before(async () => {
  serverAddress = await nobody();
  screen = await openScreen();
  browser = await openBrowser(screen.display);
  await browser.inBackground((serverAddress) => chrome.storage.local.set({ serverAddress }), serverAddress);
});

after(async () => {
  await browser?.close();
  await screen?.close();
});

/** Checks a picture that was not checked before, and waits for the verdict. */
async function check() {
  const page = await browser.page();
  await page.goto(`chrome-extension://${browser.id}/picture.html`);
  const buffer = await sample(FACES[nextFace++]);
  await page.setInputFiles("input", { name: "face.jpg", mimeType: "image/jpeg", buffer });
  await until(
    "the verdict",
    async () => VERDICT.test((await page.locator(".answer").innerText()).replaceAll("\u00a0", " ")),
    HEALED_MS,
  );
  await page.close();
}

/** Does something by the debugger, from a page of nobody's. */
async function byDebugger(work) {
  const page = await browser.page();
  const session = await page.context().newCDPSession(page);
  try {
    return await work(session);
  } finally {
    await session.detach();
    await page.close();
  }
}

const targets = (session) => session.send("Target.getTargets").then(({ targetInfos }) => targetInfos);

test("a check after the offscreen document was closed, which gives its memory back, gets a verdict", async (t) => {
  await check();
  const page = await browser.page();
  await page.goto(`chrome-extension://${browser.id}/wrong.html`);
  const held = extensionMegabytes();
  await browser.inBackground(() => chrome.offscreen.closeDocument());
  if (held === null) t.diagnostic("this system does not tell what a process holds");
  else {
    await until(`${RETURNED_MB} of ${held} MB`, async () => {
      // The extension's documents share a process; in it garbage is collected by this.
      await pageMemory(page);
      return Number(extensionMegabytes()) <= held - RETURNED_MB;
    });
    t.diagnostic(`${held} MB, ${extensionMegabytes()} MB once it was closed`);
  }
  await page.close();
  await check();
});

test("a check after the service worker was stopped gets a verdict", async () => {
  const isThere = (session) => targets(session).then((all) => all.some(({ type }) => type === "service_worker"));
  await byDebugger(async (session) => {
    await session.send("ServiceWorker.enable");
    await session.send("ServiceWorker.stopAllWorkers");
    await until("the service worker to stop", async () => !(await isThere(session)));
  });
  await check();
});

test("a check after the offscreen document was killed from outside gets a verdict", async () => {
  await check();
  await byDebugger(async (session) => {
    const document = async () => (await targets(session)).find(({ url }) => url.endsWith("/offscreen.html"));
    const { targetId } = await until("the offscreen document", document);
    await session.send("Target.closeTarget", { targetId });
    await until("the offscreen document to go", async () => !(await document()));
  });
  await check();
});

test("the network says that it is there while it works on a picture of many faces", async (t) => {
  const ask = await openOffscreen(browser);
  await ask(await sample(2)); // it has started
  // From the background, which has a thread of its own as the document has not.
  const { kind, took, silent } = await browser.inBackground(
    async (picture) => {
      const begun = performance.now();
      let reply = null;
      const asked = chrome.runtime.sendMessage({ to: "offscreen", picture, sensitivity: "usual" });
      void asked.then((said) => (reply = said));
      let heard = begun;
      let silent = 0;
      while (!reply) {
        await chrome.runtime.sendMessage({ to: "offscreen-there" });
        silent = Math.max(silent, performance.now() - heard);
        heard = performance.now();
        await new Promise((done) => setTimeout(done, 20));
      }
      return { kind: /** @type {any} */ (reply).kind, took: heard - begun, silent };
    },
    `data:;base64,${(await sample(1)).toString("base64")}`,
  );
  t.diagnostic(`silent for ${Math.round(silent)} of ${Math.round(took)} ms`);
  assert.equal(kind, "report");
  assert.ok(silent < took / 2, `it was silent for ${silent} of ${took} ms`);
});

const skip = noFirefox();

// Firefox's own is 30 s. Not too short for the start of a network on a busy machine, in which nothing else happens.
const IDLE_MS = 15_000;

test("in Firefox a check after the background was stopped for want of work gets a verdict", { skip }, async () => {
  const firefox = await openFirefox({ "extensions.background.idle.timeout": IDLE_MS });
  try {
    const page = await firefox.page("picture.html");
    const background = () =>
      page.evaluate(() =>
        chrome.extension.getViews().some(({ location }) => location.pathname.includes("generated_background")),
      );
    const ask = async (number) => {
      const picture = (await sample(number)).toString("base64");
      return page.evaluate(
        async ([serverAddress, picture]) => {
          await chrome.storage.local.set({ serverAddress });
          const message = {
            to: "background",
            type: "check-picture",
            picture: `data:;base64,${picture}`,
            name: "",
            by: null,
          };
          return chrome.runtime.sendMessage(message);
        },
        [serverAddress, picture],
      );
    };
    await page.evaluate(() => chrome.runtime.sendMessage({ to: "background", type: "server-state" }));
    await until("the background to be stopped", async () => !(await background()));
    const { kind, by } = await ask(5);
    assert.deepEqual([kind, by], ["report", "browser"]);
  } finally {
    await firefox.close();
  }
});
