// What a picture's own bytes say must be the same in Python and in the browsers, Content Credentials included.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser } from "./support/browser.mjs";
import { withDetector } from "./support/corpus.mjs";
import { evidenceByPython, goldenPictures, originals, signed } from "./support/evidence.mjs";
import { noFirefox, openFirefox } from "./support/firefox.mjs";
import { EVERY_INSTANCE } from "./support/instances.mjs";
import { leftOut } from "./support/left-out.mjs";
import { openOffscreen } from "./support/offscreen.mjs";
import { sample } from "./support/pictures.mjs";
import { openScreen } from "./support/screen.mjs";

const skipFirefox = noFirefox();

// Of the same make as one whose name has no number; Python's tests read them all.
const ANOTHER = /-\d\.\w+$/;

// Of tests/evidence, whose list ends with them.
const FIRST_HOSTILE = "nothing at all";

let screen, chromium, firefox, byChromium, inChromium, inFirefox;

before(async () => {
  screen = await openScreen();
  chromium = await openBrowser(screen.display);
  byChromium = await openOffscreen(chromium);
  const page = await chromium.page();
  await page.goto(`chrome-extension://${chromium.id}/options.html`);
  inChromium = await withDetector(page);
  if (skipFirefox) return;
  firefox = await openFirefox();
  inFirefox = await firefox.page("options.html");
});

after(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  await screen?.close();
});

/** The reader in a page of the add-on, as its background uses it. */
async function credentialsByFirefox(picture, type) {
  return inFirefox.evaluate(
    (base64, mediaType) =>
      new Promise((resolve, reject) => {
        const worker = new Worker("credentials.js");
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        const picture = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        worker.postMessage({ picture, mediaType, wasm: chrome.runtime.getURL("wasm/credentials.wasm") });
      }),
    picture.toString("base64"),
    type,
  );
}

test("marks in small pictures, hostile ones among them, are what Python finds", async (t) => {
  const pictures = await goldenPictures();
  const found = await inChromium(
    "marks",
    pictures.map(({ picture }) => picture),
  );
  for (const [index, { name, evidence }] of pictures.entries()) assert.deepEqual(found[index], evidence, name);
  t.diagnostic(`${pictures.length} pictures compared`);
  assert.ok(pictures.length >= 80);
});

test("hostile marks spoil no check", async (t) => {
  const pictures = await goldenPictures();
  const hostile = pictures.slice(pictures.findIndex(({ name }) => name === FIRST_HOSTILE));
  for (const { name, picture, evidence } of hostile) {
    const reply = await byChromium(picture);
    // Some are no pictures at all; that is said, and nothing else fails.
    assert.match(reply.kind, /^(report|bad_picture)$/, `${name}: ${JSON.stringify(reply)}`);
    if (reply.kind === "report") assert.deepEqual(reply.report.evidence, evidence, name);
  }
  t.diagnostic(`${hostile.length} pictures checked`);
  assert.ok(hostile.length >= 20);
});

test("a signed picture is read in the browser, without code from elsewhere", async () => {
  const picture = await signed(await sample(2));
  const [expected] = await evidenceByPython([picture]);
  assert.equal(expected[0].code, "c2pa_unlisted");
  const { report } = await byChromium(picture);
  assert.deepEqual(report.evidence, expected);
  assert.equal(report.verdict_by, "network");
});

test("a signed picture that was changed does not hold in the browser either", async () => {
  const picture = await signed(await sample(2));
  picture[picture.length - 100] ^= 1;
  const [expected] = await evidenceByPython([picture]);
  assert.equal(expected[0].code, "c2pa_broken");
  const { report } = await byChromium(picture);
  assert.deepEqual(report.evidence, expected);
});

test("the reader runs in Firefox", { skip: skipFirefox }, async () => {
  const answer = await credentialsByFirefox(await signed(await sample(2)), "image/jpeg");
  assert.equal(JSON.parse(answer.store).validation_state, "Valid");
});

test("originals found in the wild say the same in the browser, and those signed by a listed signer decide", async (t) => {
  const pictures = (await originals()).filter(({ name }) => EVERY_INSTANCE || !ANOTHER.test(name));
  const none = leftOut(pictures.length === 0, "there are no originals in ../shared/marked");
  if (none) return t.skip(none);
  const expected = await evidenceByPython(pictures.map(({ picture }) => picture));
  for (const [index, { name, picture }] of pictures.entries()) {
    const { report } = await byChromium(picture);
    assert.deepEqual(report.evidence, expected[index], name);
    const decided = report.evidence.some(({ strength }) => strength === "conclusive");
    assert.equal(report.verdict_by, decided ? "evidence" : "network", name);
    if (decided) assert.equal(report.verdict, "fake", name);
  }
  return undefined;
});
