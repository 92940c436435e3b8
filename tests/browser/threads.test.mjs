// The browser's own network on several threads, where they run. The machine is said to have more cores than it may have.
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { EXTENSION, openBrowser } from "./support/browser.mjs";
import { EVERY_INSTANCE } from "./support/instances.mjs";
import { extensionThreads } from "./support/load.mjs";
import { openOffscreen } from "./support/offscreen.mjs";
import { sample } from "./support/pictures.mjs";
import { openScreen } from "./support/screen.mjs";
import { until } from "./support/wait.mjs";

const WORKER = "DedicatedWorker";
// Of four decimals.
const ROUNDING = 0.0001;

let screen, picture;

before(async () => {
  [screen, picture] = await Promise.all([openScreen(), sample(2)]);
});

after(() => screen?.close());

/**
 * Works with the extension in a browser whose network sees so many cores.
 * @param {number} cores
 * @param {(ask: (picture: Buffer) => Promise<any>, browser: any) => Promise<any>} work
 * @param {(folder: string) => Promise<void>} [change] made to the extension's folder before
 */
async function withCores(cores, work, change) {
  const extension = await mkdtemp(join(tmpdir(), "check-this-face-threads-"));
  let browser;
  try {
    await cp(EXTENSION, extension, { recursive: true });
    await writeFile(
      join(extension, "cores.js"),
      `Object.defineProperty(Navigator.prototype, "hardwareConcurrency", { value: ${cores} });`,
    );
    const page = join(extension, "offscreen.html");
    await writeFile(page, (await readFile(page, "utf8")).replace("<script", '<script src="cores.js"></script><script'));
    await change?.(extension);
    browser = await openBrowser(screen.display, { extension });
    return await work(await openOffscreen(browser), browser);
  } finally {
    await browser?.close();
    await rm(extension, { recursive: true, force: true });
  }
}

async function judged(ask) {
  const reply = await ask(picture);
  assert.equal(reply.kind, "report", JSON.stringify(reply));
  return reply.report;
}

test("several threads come to the same as one, and end with their document", async (t) => {
  const alone = await withCores(2, judged);
  assert.equal(alone.model.device, "CPU: WebAssembly");
  await withCores(4, async (ask, browser) => {
    const together = await judged(ask);
    assert.equal(together.model.device, "CPU: WebAssembly, 2 threads");
    assert.equal(together.verdict, alone.verdict);
    together.faces.forEach((face, at) => {
      assert.deepEqual(face.crop, alone.faces[at].crop);
      const difference = Math.abs(face.probability_fake - alone.faces[at].probability_fake);
      assert.ok(difference <= ROUNDING, `they differ by ${difference}`);
    });
    const workers = () => extensionThreads()?.filter((name) => name.startsWith(WORKER)).length;
    if (workers() === undefined) return t.diagnostic("this system does not tell the threads of a process");
    assert.equal(workers(), 1);
    await browser.inBackground(() => chrome.offscreen.closeDocument());
    await until("the workers to go", async () => workers() === 0);
  });
});

const BROKEN = {
  "whose workers do not start": (folder) => rm(join(folder, "wasm/threads-worker.js")),
  ...(EVERY_INSTANCE && {
    "whose script is missing": (folder) => rm(join(folder, "wasm/threads.js")),
    "whose machine is damaged": (folder) => writeFile(join(folder, "wasm/tfjs-backend-wasm-threaded-simd.wasm"), "no"),
  }),
};

for (const [what, change] of Object.entries(BROKEN)) {
  test(`one thread answers in place of several ${what}`, async () => {
    const { model } = await withCores(4, judged, change);
    assert.equal(model.device, "CPU: WebAssembly");
  });
}
