// What the browser's own network holds on to: nothing more, however many pictures it has judged.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser } from "./support/browser.mjs";
import { withDetector } from "./support/corpus.mjs";
import { astronaut, emptyScene } from "./support/pictures.mjs";
import { openScreen } from "./support/screen.mjs";

// A tensor left by any check would show after one round. In each round a face with its heat map; the others, which are quick, leave the detector by its other ways.
const QUICK = 9;

let screen, browser;

before(async () => {
  screen = await openScreen();
  browser = await openBrowser(screen.display);
});

after(async () => {
  await browser?.close();
  await screen?.close();
});

/** A detector whose machine is said to have so many cores. */
async function withCores(cores) {
  const page = await browser.page();
  await page.addInitScript((value) => {
    Object.defineProperty(Navigator.prototype, "hardwareConcurrency", { value });
  }, cores);
  await page.goto(`chrome-extension://${browser.id}/options.html`);
  // As the offscreen document has it.
  await page.addScriptTag({ url: "wasm/threads.js" });
  return withDetector(page);
}

for (const [cores, device, rounds] of /** @type {const} */ ([
  [2, "CPU: WebAssembly", 5],
  [4, "CPU: WebAssembly, 2 threads", 2],
]))
  test(`${rounds * (1 + QUICK)} checks leave no tensor behind (${device})`, async (t) => {
    const ask = await withCores(cores);
    const portrait = await astronaut();
    const others = Array.from({ length: QUICK }, (_, at) => (at % 3 ? Buffer.from("no picture") : emptyScene(40)));
    const round = () => ask("judged", [portrait, ...others]);
    const [face, nobody, unread] = await round();
    assert.deepEqual([face.faces.length, nobody.verdict, unread.refused], [1, "no_face", "unsupported_format"]);
    assert.equal(face.model.device, device);
    const [before] = await ask("held", [portrait]);
    assert.ok(before.numTensors > 0);
    for (let at = 0; at < rounds; at++) await round();
    const [after] = await ask("held", [portrait]);
    t.diagnostic(`${after.numTensors} tensors, ${after.numBytes} bytes`);
    assert.deepEqual(after, before);
  });
