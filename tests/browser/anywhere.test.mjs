// Faces where no <img> is, and pictures whose file cannot be had: a right-click, the picker, all faces of a page.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { answer, badges, choose, inBadge, openBrowser, popupText } from "./support/browser.mjs";
import { pageMemory } from "./support/load.mjs";
import { emptyScene, movingGif, sample } from "./support/pictures.mjs";
import { openScreen } from "./support/screen.mjs";
import { nobody, startStub } from "./support/servers.mjs";
import { openSite } from "./support/site.mjs";
import { again, until } from "./support/wait.mjs";

const VERDICT = /^(Real|Fake|Uncertain) \| (under 1|over 99|\d+)% likely generated \|/;
const CAPTURED = /taken from the screen/;
const SIZE = "width:320px;height:320px";

// A page full of faces; bench/browser.mjs has more, and looks at the time.
const FULL = Number(process.env.PAGE_FACES ?? 24);
const KEPT_MB = 2;
// Fewer than two badges have.
const KEPT_NODES = 60;
const FULL_MS = FULL * 3_000;

// A popup that has not come by then is asked for again.
const HEEDED_MS = 5_000;
const TRIES = 6;
// A page's zoom, which has as many of the device's pixels for one of its own.
const TIMES = 2;
// In which a check that goes on would have asked about some more.
const STOPPED_MS = 500;

/** What a server says of a face. */
const REPORT = {
  verdict: "fake",
  verdict_by: "network",
  probability_fake: 0.97,
  faces: [
    {
      box: [20, 20, 60, 60],
      crop: [10, 10, 90, 90],
      score: 1,
      verdict: "fake",
      probability_fake: 0.97,
      heatmap: Array.from({ length: 7 }, () => Array.from({ length: 7 }, (_, at) => at / 7)),
    },
  ],
  evidence: [],
  warnings: [],
  image: { width: 100, height: 100, format: "JPEG", sha256: "0".repeat(64) },
  model: { name: "stub", version: "1", network: "stub", runtime: "lite", device: "CPU: stub" },
  milliseconds: { decode: 1, faces: 1, network: 1, total: 3 },
};

let screen, browser, site, elsewhere, folder;
let pages = [];

function html(body) {
  return {
    type: "text/html",
    body: Buffer.from(`<!doctype html><title>Test</title><body style="margin:40px">${body}`),
  };
}

/** Pages whose face is in #face by other means than an <img>. */
const SHOWN = {
  "an image in an SVG": `<svg id="face" width="320" height="320"><image width="320" height="320" href="/face.jpg"/></svg>`,
  "a CSS background": `<div id="face" style="${SIZE};background:url(/face.jpg) center/cover"></div>`,
  "a pseudo-element": `<style>#face::before{content:url(/face.jpg)}</style><div id="face" style="${SIZE};overflow:hidden"></div>`,
  "a canvas": `<canvas id="face" width="400" height="400"></canvas><script>
    const image = new Image(); image.src = "/face.jpg";
    image.onload = () => face.getContext("2d").drawImage(image, 0, 0, 400, 400)</script>`,
  "a video's poster": `<video id="face" poster="/face.jpg" style="${SIZE}"></video>`,
  "a running video": `<video id="face" muted style="${SIZE}"></video><canvas id="film" width="400" height="400" hidden></canvas><script>
    const image = new Image(); image.src = "/face.jpg";
    const draw = () => { film.getContext("2d").drawImage(image, 0, 0, 400, 400); requestAnimationFrame(draw) };
    image.onload = () => { draw(); face.srcObject = film.captureStream(); face.play() }</script>`,
  "a picture under an overlay": `<div style="position:relative;${SIZE}"><img src="/face.jpg" style="${SIZE}">
    <div id="face" style="position:absolute;inset:0"></div></div>`,
  "a picture that lets the pointer through": `<div id="face" style="${SIZE}"><img src="/face.jpg" style="${SIZE};pointer-events:none"></div>`,
  "a picture under a stretched spacer": `<div style="position:relative;${SIZE}"><img src="/face.jpg" style="${SIZE}">
    <img id="face" style="position:absolute;inset:0;${SIZE}"
      src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"></div>`,
  "a background in a link": `<a href="/else" style="display:block"><span id="face" style="display:block;${SIZE};background:url(/face.jpg) center/cover"></span></a>`,
  "a closed shadow root": `<div id="face" style="${SIZE}"></div><script>
    face.attachShadow({ mode: "closed" }).innerHTML = '<div style="${SIZE};background:url(/face.jpg) center/cover"></div>'</script>`,
  "a frame": `<iframe id="face" style="${SIZE};border:0" srcdoc='<body style="margin:0"><img src="/face.jpg" width="320">'></iframe>`,
};

/** Pictures whose file cannot be had, but which are to be seen. */
const UNREADABLE = {
  "an SVG file with a face in it": `<img id="face" src="/face.svg" style="${SIZE}">`,
  "a picture whose host wants to see its page": `<img id="face" src="/hot.jpg" style="${SIZE}">`,
  "a picture whose address leads on to a page by now": `<img id="face" src="/moved.jpg" style="${SIZE}">`,
  "a picture of more than 20 MB": `<img id="face" src="/large.jpg" style="${SIZE}">`,
  "a blob whose address was taken back": `<img id="face" style="${SIZE}"><script>
    fetch("/face.jpg").then((r) => r.blob()).then((b) => {
      face.src = URL.createObjectURL(b); face.onload = () => URL.revokeObjectURL(face.src) })</script>`,
  "a picture in the page's own file system (filesystem: URL)": `<img id="face" style="${SIZE}"><script>
    fetch("/face.jpg").then((r) => r.blob()).then((blob) => webkitRequestFileSystem(TEMPORARY, 1e6, ({ root }) =>
      root.getFile("face.jpg", { create: true }, (file) => file.createWriter((writer) => {
        writer.onwriteend = () => (face.src = file.toURL());
        writer.write(blob) }))))</script>`,
  "a canvas with another site's pixels": (other) => `<canvas id="face" width="400" height="400"></canvas><script>
    const image = new Image(); image.src = "${other}";
    image.onload = () => face.getContext("2d").drawImage(image, 0, 0, 400, 400)</script>`,
};

before(async () => {
  const face = await sample(2);
  const jpeg = (body) => ({ type: "image/jpeg", body });
  elsewhere = await openSite({
    "/face.jpg": jpeg(face),
    "/framed/image": html(`<body style="margin:0"><img src="/face.jpg" style="${SIZE}">`),
    "/framed/background": html(`<body style="margin:0"><div style="${SIZE};background:url(/face.jpg) center/cover">`),
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320"><image width="320" height="320" preserveAspectRatio="none" href="data:image/jpeg;base64,${face.toString("base64")}"/></svg>`;
  // Who asks for any file, and not for a picture to show, gets something else.
  const shown = (otherwise) => (request) => {
    const file = request.headers.accept?.startsWith("image/") ? jpeg(face) : otherwise;
    return { ...file, headers: { ...file.headers, "Cache-Control": "no-store" } };
  };
  const frame = (path) =>
    `<iframe id="face" style="${SIZE};border:0" src="${elsewhere.url(path, "pictures.test")}"></iframe>`;
  const files = {
    "/face.jpg": jpeg(face),
    "/face.svg": { type: "image/svg+xml", body: Buffer.from(svg) },
    "/hot.jpg": shown({ status: 403, type: "text/plain", body: Buffer.from("no") }),
    "/moved.jpg": shown({ status: 302, type: "text/plain", headers: { Location: "/sign-in" }, body: Buffer.alloc(0) }),
    "/sign-in": html("sign in"),
    "/moving.gif": { type: "image/gif", body: await movingGif({ faceFirst: true }) },
    "/moving-last.gif": { type: "image/gif", body: await movingGif({ faceFirst: false }) },
    "/moving": html(`<img id="face" src="/moving.gif" style="${SIZE}">`),
    "/moving-last": html(`<img id="face" src="/moving-last.gif" style="${SIZE}">`),
    // Bytes after its end are none of a JPEG's picture.
    "/large.jpg": jpeg(Buffer.concat([face, Buffer.alloc(20 * 1024 * 1024)])),
    "/scene.bmp": { type: "image/bmp", body: emptyScene() },
    "/small.bmp": { type: "image/bmp", body: emptyScene(40) },
    "/linked": html(`<a href="/face.jpg"><img id="face" width="320" height="320" src="/small.bmp"></a>`),
    "/srcset": html(
      `<img id="face" width="320" src="/small.bmp" srcset="/small.bmp 40w, /face.jpg 4000w" sizes="10px">`,
    ),
    "/many": html(`<img id="face" width="200" src="/face.jpg"><img width="200" src="/scene.bmp">
      <div style="width:200px;height:200px;background:url(/other.jpg) center/cover"></div>`),
    "/frame/image": html(frame("/framed/image")),
    "/frame/background": html(frame("/framed/background")),
    "/other.jpg": jpeg(await sample(5)),
    "/full": html(
      `<img id="face" width="320" src="/face.jpg">` +
        Array.from({ length: FULL - 1 }, (_, at) => `<img width="100" height="100" src="/face/${at}.jpg">`).join(""),
    ),
  };
  // In other bytes each: what follows a JPEG's end is none of its picture.
  for (let at = 0; at < FULL; at++) files[`/face/${at}.jpg`] = jpeg(Buffer.concat([face, Buffer.from([at])]));
  Object.values(SHOWN).forEach((body, at) => (files[`/shown/${at}`] = html(body)));
  Object.values(UNREADABLE).forEach((body, at) => {
    files[`/unreadable/${at}`] = html(
      typeof body === "string" ? body : body(elsewhere.url("/face.jpg", "pictures.test")),
    );
  });
  site = await openSite(files);
  folder = await mkdtemp(join(tmpdir(), "page-"));
  await writeFile(join(folder, "face.jpg"), face);
  const page = `<!doctype html><title>File</title><img id="face" src="face.jpg" style="${SIZE}">`;
  await writeFile(join(folder, "page.html"), page);
  screen = await openScreen();
  browser = await openBrowser(screen.display);
  await useServer(await nobody());
});

afterEach(async () => {
  await Promise.all(pages.map((page) => page.close()));
  pages = [];
});

after(async () => {
  await browser?.close();
  await Promise.all([screen?.close(), site?.close(), elsewhere?.close(), folder && rm(folder, { recursive: true })]);
});

const useServer = (address) =>
  browser.inBackground(async (serverAddress) => {
    // Answers that are known already would not be asked for again.
    await chrome.storage.session.clear();
    await chrome.storage.local.set({ serverAddress });
  }, address);

/** As a server of the project's. */
function answerAs({ url }, response) {
  const body = url === "/v1/model" ? { version: "1", roles: { strong: "stub" } } : REPORT;
  response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

const popupIsOpen = () =>
  browser.inBackground(async () => (await chrome.runtime.getContexts({ contextTypes: ["POPUP"] })).length > 0);

/** Clicks, within the popup, the button that says so. */
const CLICK = (words) =>
  `[...document.querySelectorAll("button")].find((button) => button.textContent === "${words}").click()`;

async function visit(path) {
  const page = await browser.page();
  pages.push(page);
  await page.goto(site.url(path, "page.test"), { waitUntil: "networkidle" });
  await page.bringToFront();
  return page;
}

/** Where the browser sees no picture its menu is the page's, with the page's source below the extension's entry. */
const OF_PAGE = [
  "a CSS background",
  "a pseudo-element",
  "a closed shadow root",
  "a picture that lets the pointer through",
  "a video's poster",
];

/** Of a page in a frame the menu offers the source and to load it anew, too. */
const OF_FRAME = 5;

async function checkIn(open, selector, fromBelow) {
  const page = await choose(screen, open, selector, fromBelow);
  return { page, text: await answer(page) };
}

const check = (path, fromBelow) => checkIn(() => visit(path), "#face", fromBelow);

async function pickByKeyboard(page, ...keys) {
  await again(
    () => screen.xdotool("key", "alt+shift+f"),
    () => until("the picker", () => inBadge(page, "screen", "DOM.getBoxModel")),
  );
  for (const key of keys) await page.keyboard.press(key);
}

Object.keys(SHOWN).forEach((name, at) => {
  test(`a right-click finds ${name}`, async () => {
    const { text } = await check(`/shown/${at}`, OF_PAGE.includes(name) ? 3 : 2);
    assert.match(text, VERDICT);
    assert.doesNotMatch(text, CAPTURED);
  });
});

Object.keys(UNREADABLE).forEach((name, at) => {
  test(`${name} is judged as it is to be seen, and the badge says so`, async () => {
    const { text } = await check(`/unreadable/${at}`);
    assert.match(text, VERDICT);
    assert.match(text, CAPTURED);
  });
});

test("a picture that is judged as it is to be seen has the pixels of the device", async () => {
  const page = await visit(`/unreadable/${Object.keys(UNREADABLE).indexOf("an SVG file with a face in it")}`);
  const tell = (work) =>
    browser.inBackground(
      async ([work, times]) => {
        const [{ id = -1 }] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
        if (work === "zoom") {
          // Or every later page of the host is zoomed, too.
          await chrome.tabs.setZoomSettings(id, { scope: "per-tab" });
          await chrome.tabs.setZoom(id, times);
        }
        const { outcome } = /** @type {any} */ (await chrome.storage.session.get(`tab:${id}`))[`tab:${id}`] ?? {};
        return outcome?.report;
      },
      [work, TIMES],
    );
  await tell("zoom");
  await pickByKeyboard(page, "Tab", "Enter");
  const { image, warnings } = await until("the report", () => tell("report"));
  // The window's width is told in whole pixels of the page.
  for (const side of [image.width, image.height]) assert.ok(Math.abs(side - TIMES * 320) <= 1, JSON.stringify(image));
  assert.ok(warnings.some(({ code }) => code === "capture"));
});

test("of a moving picture the first frame is judged, whichever is to be seen", async () => {
  const { text } = await check("/moving");
  assert.match(text, VERDICT);
  assert.doesNotMatch(text, CAPTURED);
  assert.match((await check("/moving-last")).text, /^No face found/);
});

/** Opens a file that is on this machine. */
async function openFile(name) {
  const page = await browser.page();
  pages.push(page);
  await page.goto(pathToFileURL(join(folder, name)).href);
  await page.bringToFront();
  return page;
}

for (const [what, name, selector] of /** @type {const} */ ([
  ["on a page that is a file on this machine", "page.html", "#face"],
  ["that is a file on this machine", "face.jpg", "img"],
])) {
  test(`a picture ${what} is judged as it is to be seen, where the person lets extensions look at files`, async () => {
    const { text } = await checkIn(() => openFile(name), selector);
    assert.match(text, VERDICT);
    assert.match(text, CAPTURED);
  });
}

for (const path of ["/linked", "/srcset"]) {
  test(`a picture too small to judge gives way to its larger version: ${path}`, async () => {
    assert.match((await check(path)).text, VERDICT);
  });
}

test("in a frame of another site a picture is told by its own address, for which the person is asked", async () => {
  const question = browser.context.waitForEvent("page", (opened) => opened.url().includes("permission.html"));
  const { text } = await check("/frame/image");
  pages.push(await question);
  assert.match(text, /^Permission needed \| The picture lies on pictures\.test/);
});

test("in a frame of another site the person points at what has no address, and it is judged as it is to be seen", async () => {
  const page = await choose(
    screen,
    () => visit("/frame/background"),
    "#face",
    OF_FRAME,
    "the picker",
    (shown) => inBadge(shown, "screen", "DOM.getBoxModel"),
  );
  await page.locator("#face").click({ force: true });
  const text = await answer(page);
  assert.match(text, VERDICT);
  assert.match(text, CAPTURED);
});

test("the picker goes from picture to picture by keyboard and takes one", async () => {
  const page = await visit("/many");
  await pickByKeyboard(page, "Tab", "Tab", "Shift+Tab", "Enter");
  assert.match(await answer(page), VERDICT);
});

test("the picker takes what is pointed at", async () => {
  const page = await visit("/shown/1");
  await pickByKeyboard(page);
  const box = await page.locator("#face").boundingBox();
  await page.mouse.move(box.x + 9, box.y + 9);
  await until("the outline of what it would take", async () => {
    const { model } = await inBadge(page, "frame on", "DOM.getBoxModel");
    const [left, top, , , right, bottom] = model.border;
    assert.deepEqual({ x: left, y: top, width: right - left, height: bottom - top }, box);
    return true;
  });
  await page.locator("#face").click({ force: true });
  assert.match(await answer(page), VERDICT);
});

test("Escape leaves the picker, and the page as it was", async () => {
  const page = await visit("/many");
  const before = await page.evaluate(() => document.documentElement.outerHTML);
  await pickByKeyboard(page, "Escape");
  await until(
    "the page as before",
    async () => (await page.evaluate(() => document.documentElement.outerHTML)) === before,
  );
});

test("the picker is started from the popup, which gives way to it", async () => {
  const page = await visit("/shown/1");
  // By its key, since the browser lets the extension into the page only where the person has opened the popup.
  await again(
    () => screen.xdotool("key", "alt+shift+k"),
    () => until("the popup", popupIsOpen, HEEDED_MS),
    TRIES,
  );
  await popupText(browser, page, /Point at a face/, CLICK("Point at a face"));
  await until("the picker", () => inBadge(page, "screen", "DOM.getBoxModel"));
  await until("the popup to close", async () => !(await popupIsOpen()));
  await page.locator("#face").click({ force: true });
  assert.match(await answer(page), VERDICT);
});

test("all faces of a page are checked: badges for those with faces, a list in the popup", async () => {
  // Where the person has chosen from the menu the extension may look at the page.
  const { page } = await check("/many");
  await popupText(browser, page, /Check all faces/, 'document.getElementById("check-all").click()');
  await until("a badge for each face", async () => {
    const texts = await badges(page);
    return texts.length === 2 && texts.every((text) => VERDICT.test(text));
  });
  await popupText(browser, page, /Pictures checked: 3, with faces: 2/);
});

test("the check of all faces tells in the popup how far it is and what it found, and ends when it is stopped", async () => {
  const held = [];
  const stub = await startStub((request, response) => {
    const isCheck = request.url?.startsWith("/v1/check");
    const reply = () => answerAs(request, response);
    if (isCheck && stub.asked() > 2) held.push(reply);
    else reply();
  });
  await useServer(stub.address);
  try {
    const { page } = await check("/full");
    await page.keyboard.press("Escape");
    await popupText(browser, page, /Check all faces/, 'document.getElementById("check-all").click()');
    // Once the server hangs the browser goes on by itself, more slowly.
    const running = new RegExp(`\\d+ of ${FULL} pictures checked\\s+Stop\\s+(Fake\\s+97% likely generated\\s+){2}`);
    await popupText(browser, page, running);
    await until("the third check", async () => held.length > 0);
    await popupText(browser, page, running, CLICK("Stop"));
    const stopped = new RegExp(`Stopped after (\\d+) of ${FULL} pictures`);
    const [, checked] = stopped.exec(await popupText(browser, page, stopped)) ?? [];
    assert.ok(Number(checked) < FULL);
    held.forEach((reply) => reply());
    const asked = stub.asked();
    await pause(STOPPED_MS);
    assert.equal(stub.asked(), asked);
    await popupText(browser, page, new RegExp(`Stopped after ${checked} of ${FULL} pictures`));
  } finally {
    await stub.stop();
    await useServer(await nobody());
  }
});

/** Where a page has its pictures, and how large it is. */
const layout = (page) =>
  page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    return [
      [scrollWidth, scrollHeight],
      ...[...document.images].map((image) => image.getBoundingClientRect().toJSON()),
    ];
  });

test(`${FULL} faces of a page are checked, its layout stays, and nothing is kept of their badges once they are closed`, async (t) => {
  const stub = await startStub(answerAs);
  await useServer(stub.address);
  try {
    // Where the person has chosen from the menu the extension may look at the page.
    const { page } = await check("/full");
    await page.keyboard.press("Escape");
    await until("the badge to go", async () => (await badges(page)).length === 0);
    const before = await pageMemory(page);
    const laidOut = await layout(page);
    await popupText(browser, page, /Check all faces/, 'document.getElementById("check-all").click()');
    await popupText(browser, page, new RegExp(`Pictures checked: ${FULL}, with faces: ${FULL}`), "", FULL_MS);
    assert.equal((await badges(page)).length, FULL);
    assert.deepEqual(await layout(page), laidOut);
    const { nodes } = await pageMemory(page);
    await page.bringToFront();
    await page.keyboard.press("Escape");
    await until("the badges to go", async () => (await badges(page)).length === 0);
    const after = await pageMemory(page);
    t.diagnostic(
      `nodes ${before.nodes}, with badges ${nodes}, ${after.nodes}; ${before.megabytes}, ${after.megabytes} MB`,
    );
    assert.ok(after.nodes <= before.nodes + KEPT_NODES, `${after.nodes} nodes, before ${before.nodes}`);
    assert.ok(after.megabytes <= before.megabytes + KEPT_MB, `${after.megabytes} MB, before ${before.megabytes} MB`);
  } finally {
    await stub.stop();
    await useServer(await nobody());
  }
});
