// How long the extension takes in a real Chromium, and what it holds on to: docs/browser.md says under which conditions.
//
//   node bench/browser.mjs [--checks 15] [--pictures 200] [clicks] [profiles] [failures] [page] [tensors]
//
// Without a name all of them. It needs what the browser tests need (make test-browser), and writes Markdown.
import { readFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { badges, onScreen, openBrowser, popupText } from "../tests/browser/support/browser.mjs";
import { withDetector } from "../tests/browser/support/corpus.mjs";
import { extensionMegabytes, pageMemory, watchLongTasks } from "../tests/browser/support/load.mjs";
import { astronaut, emptyScene, sample } from "../tests/browser/support/pictures.mjs";
import { openScreen } from "../tests/browser/support/screen.mjs";
import { nobody, startServer, startStub } from "../tests/browser/support/servers.mjs";
import { openSite } from "../tests/browser/support/site.mjs";
import { allowing, fixture, openSites } from "../tests/browser/support/sites.mjs";
import { until } from "../tests/browser/support/wait.mjs";

const PARTS = { clicks, profiles, failures, page: wholePage, tensors };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    checks: { type: "string", default: "15" },
    pictures: { type: "string", default: "200" },
    help: { type: "boolean" },
  },
});
if (values.help) {
  // What stands above the imports.
  console.log((await readFile(new URL(import.meta.url), "utf8")).split("\nimport ")[0].replaceAll(/^\/\/ ?/gm, ""));
  process.exit();
}
const CHECKS = Number(values.checks);
const PICTURES = Number(values.pictures);
const PROFILES = 20;
const TENSOR_CHECKS = 500;
// A whole page of pictures on a busy machine.
const PATIENCE_MS = 20 * 60_000;
// The system gets memory back a little after it is free.
const RETURN_MS = 5000;
const SCROLLED_MS = 5000;

/** The same picture in other bytes, which no answer is known for: what follows a JPEG's end is none of its picture. */
const another = (jpeg, number) => Buffer.concat([jpeg, Buffer.from(String(number))]);

function spread(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  return `${at(0.5)} | ${at(0)} to ${Math.round(sorted.at(-1))} | ${sorted.length}`;
}

function table(head, rows) {
  console.log(`| ${head.join(" | ")} |\n|${"---|".repeat(head.length)}`);
  for (const row of rows) console.log(`| ${row} |`);
  console.log();
}

/** Writes down, in the extension's background, when a person chose from its menu and when the badge had the answer. */
function timed(browser) {
  return browser.inBackground(() => {
    if ("clicked" in globalThis) return;
    const clicks = [];
    Object.assign(globalThis, { clicked: clicks });
    chrome.contextMenus.onClicked.addListener(() => clicks.push({ at: performance.now(), took: null }));
    const send = chrome.tabs.sendMessage.bind(chrome.tabs);
    // The reply comes once the badge stands in the page.
    const listened = async (tabId, message, options) => {
      const reply = await send(tabId, message, options);
      if (message.type === "show") clicks.at(-1).took ??= performance.now() - clicks.at(-1).at;
      return reply;
    };
    chrome.tabs.sendMessage = /** @type {any} */ (listened);
  });
}

async function clicks() {
  const portrait = await astronaut("JPEG");
  let number = 0;
  const site = await openSite({
    "/jpeg": () => ({ type: "image/jpeg", body: another(portrait, number) }),
    "/page": () => ({
      type: "text/html",
      body: Buffer.from(`<!doctype html><title>Face</title><img id="face" width="400" src="/jpeg?${number++}">`),
    }),
  });
  const screen = await openScreen();
  const browser = await openBrowser(screen.display);
  const server = await startServer();
  const page = await browser.page();

  async function click() {
    await timed(browser);
    await page.goto(site.url("/page", "faces.test"), { waitUntil: "networkidle" });
    await page.bringToFront();
    const { x, y } = await onScreen(page, "#face");
    const before = await browser.inBackground(() => /** @type {any} */ (globalThis).clicked.length);
    await screen.chooseFromMenu(x, y);
    return until(
      "the answer",
      () => browser.inBackground((before) => /** @type {any} */ (globalThis).clicked[before]?.took, before),
      PATIENCE_MS,
    );
  }
  const use = (serverAddress) =>
    browser.inBackground((serverAddress) => chrome.storage.local.set({ serverAddress }), serverAddress);
  const times = async (count, prepare = async () => {}) => {
    const all = [];
    for (let at = 0; at < count; at++) {
      await prepare();
      all.push(await click());
    }
    return all;
  };
  /** @type {[string, number[]][]} */
  const rows = [];
  try {
    await use(server.address);
    rows.push(["server, its first check", await times(1)], ["server, warm", await times(CHECKS)]);
    await use(await nobody());
    await click();
    rows.push(["browser, warm", await times(CHECKS)]);
    const cold = () => browser.inBackground(() => chrome.offscreen.closeDocument());
    rows.push(["browser, cold (its document closed before)", await times(Math.ceil(CHECKS / 3), cold)]);
  } finally {
    await browser.close();
    await Promise.all([screen.close(), server.stop(), site.close()]);
  }
  console.log("## From the click in the menu to the answer in the badge\n");
  table(
    ["who answers", "median, ms", "least to most", "checks"],
    rows.map(([name, all]) => `${name} | ${spread(all)}`),
  );
}

async function profiles() {
  const markup = (await fixture("linkedin-sdui")).toString();
  const portrait = await astronaut("JPEG");
  const sites = await openSites(async (url) => {
    const number = /^\/in\/person-(\d+)\//.exec(url.pathname)?.[1];
    if (number) return { type: "text/html", body: markup.replaceAll("PERSON", `PERSON${number}`) };
    return { type: "image/jpeg", body: another(portrait, url.pathname) };
  });
  const allowed = await allowing(["https://*/*"]);
  const screen = await openScreen();
  const browser = await openBrowser(screen.display, { args: sites.args, extension: allowed.extension });
  const server = await startServer();
  const rows = [];
  try {
    const options = await browser.page();
    await options.goto(`chrome-extension://${browser.id}/options.html`);
    const box = options.getByLabel("LinkedIn", { exact: true });
    await box.waitFor({ state: "attached" });
    await box.check();
    const page = await browser.page();
    await page.bringToFront();
    const told = () =>
      browser.inBackground(async () => {
        const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
        const text = await chrome.action.getBadgeText({ tabId: tab.id });
        return /^(real|fake|\?)$/.test(text);
      });
    for (const [name, address] of [
      ["server", server.address],
      ["browser", await nobody()],
    ]) {
      await browser.inBackground(async (serverAddress) => {
        await chrome.storage.session.clear();
        await chrome.storage.local.set({ serverAddress });
      }, address);
      const all = [];
      const begun = performance.now();
      for (let number = 0; number <= PROFILES; number++) {
        const start = performance.now();
        await page.goto(`https://www.linkedin.com/in/person-${number}/`, { waitUntil: "commit" });
        await until("the toolbar to wait", async () => !(await told()), 2000).catch(() => undefined);
        while (!(await told())) await new Promise((done) => setTimeout(done, 10));
        all.push(performance.now() - start);
      }
      const whole = (performance.now() - begun) / 1000;
      rows.push(
        `${name} | ${Math.round(/** @type {number} */ (all.shift()))} | ${spread(all)} | ${whole.toFixed(0)} s`,
      );
    }
  } finally {
    await browser.close();
    await Promise.all([screen.close(), server.stop(), sites.close(), allowed.remove()]);
  }
  console.log(`## ${PROFILES} profile pages in a row, from the address to the toolbar's answer\n`);
  table(["who answers", "the first, ms", "median, ms", "least to most", "pages", "all of them"], rows);
}

const answering = (status, type, body) => (_request, fail, response) => {
  fail();
  response.writeHead(status, { "Content-Type": type }).end(body);
};

/** What a stub of the server answers; `fail` is to be called when it fails. */
const FAILURES = {
  "it ends in the middle of a check": (request, fail) =>
    setTimeout(() => {
      fail();
      request.socket.destroy();
    }, 300),
  "it answers 500": answering(500, "application/problem+json", '{"code":"internal_error"}'),
  "it answers with a web page": answering(200, "text/html", "<!doctype html><p>hello"),
  "it answers with half a report": answering(200, "application/json", '{"verdict": "re'),
  "another program answers": answering(404, "application/json", '{"error":"not found"}'),
  "it hangs": (_request, fail) => fail(),
};

/** From a server's failure to the verdict, the browser's own network being warm. */
async function failures() {
  const portrait = await astronaut("JPEG");
  const screen = await openScreen();
  const browser = await openBrowser(screen.display);
  const server = await startServer();
  const page = await browser.page();
  await page.goto(`chrome-extension://${browser.id}/wrong.html`);
  let number = 0;
  let failed = NaN;

  /** Who has answered about a picture, and when. */
  async function check(serverAddress, picture = another(portrait, number++)) {
    await page.evaluate((serverAddress) => chrome.storage.local.set({ serverAddress }), serverAddress);
    const asked = performance.now();
    failed = NaN;
    const by = await page.evaluate(
      (picture) =>
        chrome.runtime
          .sendMessage({ to: "background", type: "check-picture", picture, name: "", by: null })
          .then(({ by }) => by),
      `data:;base64,${picture.toString("base64")}`,
    );
    return { by, took: performance.now() - asked, since: performance.now() - failed };
  }
  const rows = [];
  const row = (what, all, from) =>
    rows.push(`${what} | ${[...new Set(all.map(({ by }) => by))].join(", ")} | ${spread(all.map((one) => one[from]))}`);
  const times = async (count, work) => {
    const all = [];
    for (let at = 0; at < count; at++) all.push(await work());
    return all;
  };
  try {
    const nowhere = await nobody();
    await check(nowhere);
    row("nobody listens", await times(CHECKS, () => check(nowhere)), "took");
    for (const [what, fails] of Object.entries(FAILURES)) {
      // The first failure counts: later requests are about the same check.
      const fail = () => (failed = Number.isNaN(failed) ? performance.now() : failed);
      const stub = await startStub((request, response) => fails(request, fail, response));
      row(what, await times(CHECKS, () => check(stub.address)), "since");
      await stub.stop();
    }
    await check(server.address);
    row("(it is back again, from the question)", await times(CHECKS, () => check(server.address)), "took");
    const known = await times(CHECKS, async () => {
      const picture = another(portrait, number++);
      await check(server.address, picture);
      return { picture };
    });
    const dumb = await startStub(() => undefined);
    row(
      "it hangs, and has answered about this picture before (from the question)",
      await times(CHECKS, () => check(dumb.address, known.shift().picture)),
      "took",
    );
    await dumb.stop();
  } finally {
    await browser.close();
    await Promise.all([screen.close(), server.stop()]);
  }
  console.log("## From a server's failure to the verdict, the browser's network being warm\n");
  table(["the server", "who answers", "median, ms", "least to most", "checks"], rows);
}

/** How long the frames of a page take while it is scrolled, and how long its main thread works for one. */
async function frames(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const worked = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN);
  };
  const before = await worked();
  const took = await page.evaluate(async (long) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const took = [];
    const end = performance.now() + long;
    for (let last = await frame(); last < end;) {
      const low = scrollY + innerHeight >= document.documentElement.scrollHeight;
      scrollTo(0, low ? 0 : scrollY + 20);
      const now = await frame();
      took.push(now - last);
      last = now;
    }
    return took;
  }, SCROLLED_MS);
  const each = ((await worked()) - before) / took.length;
  await session.detach();
  took.sort((a, b) => a - b);
  const at = (share) => took[Math.floor(share * (took.length - 1))].toFixed(0);
  return `${took.length} frames; median ${at(0.5)}, 95 of 100 within ${at(0.95)}, longest ${at(1)} ms; work of the main thread ${each.toFixed(1)} ms each`;
}

async function wholePage() {
  const portrait = await astronaut("JPEG");
  const images = Array.from({ length: PICTURES }, (_, at) => `<img width="120" src="/face.jpg?${at}">`).join("");
  const site = await openSite({
    "/face.jpg": ({ url }) => ({ type: "image/jpeg", body: another(portrait, url) }),
    "/page": { type: "text/html", body: Buffer.from(`<!doctype html><title>Faces</title>${images}`) },
  });
  const allowed = await allowing(["http://*/*"]);
  const screen = await openScreen();
  const browser = await openBrowser(screen.display, { extension: allowed.extension });
  const rows = [];
  try {
    const serverAddress = await nobody();
    await browser.inBackground((serverAddress) => chrome.storage.local.set({ serverAddress }), serverAddress);
    const page = await browser.page();
    page.setDefaultTimeout(0);
    await page.goto(site.url("/page", "faces.test"), { waitUntil: "load" });
    await page.bringToFront();
    const before = await pageMemory(page);
    const smooth = await frames(page);
    const longest = await watchLongTasks(page);
    const start = performance.now();
    await popupText(browser, page, /Check all faces/, 'document.getElementById("check-all").click()');
    const held = [];
    const done = async () => {
      const { done, state } = await browser.inBackground(async () => {
        const all = Object.entries(await chrome.storage.session.get(null));
        return /** @type {any} */ (all.find(([key]) => key.startsWith("all:"))?.[1] ?? {});
      });
      held.push([done ?? 0, extensionMegabytes()]);
      return state === "done";
    };
    await until("all pictures", done, PATIENCE_MS);
    const seconds = (performance.now() - start) / 1000;
    // Before the debugger walks through the page, which takes its main thread too.
    const tasks = await longest();
    await until("all badges", async () => (await badges(page)).length === PICTURES);
    const full = await pageMemory(page);
    await page.bringToFront();
    const dressed = await frames(page);
    await page.reload({ waitUntil: "load" });
    const after = await pageMemory(page);
    // The extension's documents share a process, and what they no longer need is thrown away together.
    const ofExtension = await browser.page();
    await ofExtension.goto(`chrome-extension://${browser.id}/wrong.html`);
    const collected = async () => {
      await pageMemory(ofExtension);
      await pause(RETURN_MS);
      return extensionMegabytes();
    };
    const swept = await collected();
    await browser.inBackground(() => chrome.offscreen.closeDocument());
    const closed = await collected();
    const at = (share) => held.find(([done]) => done >= share * PICTURES)?.[1] ?? held.at(-1)[1];
    rows.push(
      `seconds, all pictures | ${seconds.toFixed(0)}`,
      `longest task in the page's main thread | ${tasks.length ? `${Math.max(...tasks)} ms (${tasks.length} over 50 ms)` : "none over 50 ms"}`,
      `frames while the page is scrolled, without badges | ${smooth}`,
      `the same with ${PICTURES} badges | ${dressed}`,
      `page's memory (JavaScript) before, with ${PICTURES} badges, after | ${before.megabytes}, ${full.megabytes}, ${after.megabytes} MB`,
      `page's nodes before, with badges, after | ${before.nodes}, ${full.nodes}, ${after.nodes}`,
      `extension's process before, at a tenth, half, all of the pictures | ${held[0][1]}, ${at(0.1)}, ${at(0.5)}, ${at(1)} MB`,
      `once garbage was collected, and once the idle network's document has closed too | ${swept}, ${closed} MB`,
    );
  } finally {
    await browser.close();
    await Promise.all([screen.close(), site.close(), allowed.remove()]);
  }
  console.log(`## All ${PICTURES} pictures of a page, by the browser's own network\n`);
  table(["what", "measured"], rows);
}

async function tensors() {
  const screen = await openScreen();
  const browser = await openBrowser(screen.display);
  const rows = [];
  try {
    const page = await browser.page();
    await page.goto(`chrome-extension://${browser.id}/options.html`);
    const ask = await withDetector(page);
    const others = [await astronaut(), await sample(4), Buffer.from("no picture"), emptyScene(40)];
    const some = Array.from({ length: 20 }, (_, at) => others[at % others.length]);
    await ask("judged", some);
    const [before] = await ask("held", some.slice(0, 1));
    for (let checks = 0; checks < TENSOR_CHECKS; checks += some.length) await ask("judged", some);
    const [after] = await ask("held", some.slice(0, 1));
    for (const [name, { numTensors, numBytes }] of Object.entries({ before, after }))
      rows.push(`${name} | ${numTensors} | ${numBytes}`);
  } finally {
    await browser.close();
    await screen.close();
  }
  console.log(`## What ${TENSOR_CHECKS} checks leave behind in TensorFlow.js\n`);
  table(["", "tensors", "bytes"], rows);
}

const { version } = JSON.parse(
  await readFile(new URL("../extension/dist/chrome/bundle/manifest.json", import.meta.url), "utf8"),
);
console.log(
  `${cpus().length} cores (${cpus()[0].model}), load ${loadavg()[0].toFixed(1)} at the start, bundle ${version}.\n`,
);
for (const name of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
  console.error(`${name} ...`);
  await PARTS[name]();
}
