// The extension in a real Chromium, used as a person uses it: a right-click on a picture and a choice from the menu.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import {
  answer,
  badges,
  choose,
  clickInBadge,
  copyAndComplain,
  inBadge,
  onScreen,
  openBrowser,
  popupText,
} from "./support/browser.mjs";
import { emptyScene, sample } from "./support/pictures.mjs";
import { openScreen } from "./support/screen.mjs";
import { nobody, startServer, startStub } from "./support/servers.mjs";
import { openSite } from "./support/site.mjs";
import { until } from "./support/wait.mjs";

const VERDICT = /^(Real|Fake|Uncertain) \| (under 1|over 99|\d+)% likely generated \|/;
/** The word of the verdict in a badge. */
const wordOf = (text) => VERDICT.exec(text)?.[1] ?? assert.fail(`no verdict in: ${text}`);

const BY_SERVER = /your server \([\w.-]+, (CPU|GPU)\)/;
const BY_BROWSER = /in this browser/;

// A page that throws everything at the badge that a style sheet can.
const HOSTILE = `
  * { all: unset !important; display: none !important; font-size: 99px !important; opacity: 0 !important }
  html, body, img { display: block !important; opacity: 1 !important; max-width: 320px !important }
  div { position: static !important; visibility: hidden !important; transform: scale(0) !important }`;

let screen, browser, site, other, server;
let pages = [];

function html(body) {
  return {
    type: "text/html",
    body: Buffer.from(`<!doctype html><title>Test</title><body style="margin:40px">${body}`),
  };
}

const picture = (src) => html(`<img id="face" width="320" src="${src}">`);

/** What a page that is about a person says of itself, for machines. */
const profileOf = (image) =>
  JSON.stringify({
    "@context": "https://schema.org",
    "@type": "ProfilePage",
    mainEntity: { "@type": "Person", name: "Ada", image },
  });

before(async () => {
  const face = await sample(2);
  other = await openSite({ "/face.jpg": { type: "image/jpeg", body: await sample(4) } });
  site = await openSite({
    "/face.jpg": { type: "image/jpeg", body: face },
    "/sandboxed.jpg": {
      type: "image/jpeg",
      body: face,
      headers: { "Content-Security-Policy": "default-src 'none'; sandbox" },
    },
    "/scene.bmp": { type: "image/bmp", body: emptyScene() },
    "/cut.jpg": { type: "image/jpeg", body: face.subarray(0, Math.floor(face.length * 0.9)) },
    "/face": picture("/face.jpg"),
    "/two": html(`<img id="face" width="320" src="/face.jpg"><img id="second" width="320" src="/second.jpg">`),
    "/second.jpg": { type: "image/jpeg", body: await sample(5) },
    "/dialog": html(`<dialog><img id="face" width="320" src="/face.jpg"></dialog><script>
      document.querySelector("dialog").showModal()
    </script>`),
    "/scene": picture("/scene.bmp"),
    "/cut": picture("/cut.jpg"),
    "/hostile": html(`<style>${HOSTILE}</style><img id="face" width="320" src="/face.jpg">`),
    "/elsewhere": picture(other.url("/face.jpg", "pictures.test")),
    // Large enough to be judged as it is to be seen.
    "/refused": html(`<img id="face" width="800" src="${other.url("/face.jpg", "refused.test")}">`),
    "/person": () =>
      html(`<script type="application/ld+json">${profileOf("/face.jpg")}</script>
      <h1>Ada</h1><img id="face" width="320" src="/face.jpg">`),
    "/data": picture(`data:image/jpeg;base64,${face.toString("base64")}`),
    "/blob": html(`<img id="face" width="320"><script>
      fetch("/face.jpg").then((r) => r.blob()).then((b) => (document.getElementById("face").src = URL.createObjectURL(b)))
    </script>`),
  });
  screen = await openScreen();
  browser = await openBrowser(screen.display);
});

afterEach(async () => {
  await Promise.all(pages.map((page) => page.close()));
  pages = [];
});

after(async () => {
  await browser?.close();
  await screen?.close();
  await Promise.all([server?.stop(), site?.close(), other?.close()]);
});

const useServer = (address) =>
  browser.inBackground(async (serverAddress) => {
    // Answers that are known already would not be asked for again.
    await chrome.storage.session.clear();
    await chrome.storage.local.set({ serverAddress });
  }, address);

async function visit(path, host = "page.test") {
  const page = await browser.page();
  pages.push(page);
  await page.goto(site.url(path, host));
  await page.bringToFront();
  await page.waitForFunction(() => {
    const face = document.querySelector("#face");
    return face instanceof HTMLImageElement && face.complete && face.src;
  });
  return page;
}

async function rightClick(page, selector = "#face") {
  const { x, y } = await onScreen(page, selector);
  await screen.chooseFromMenu(x, y);
}

async function check(path, host) {
  const page = await choose(screen, () => visit(path, host), "#face");
  return { page, text: await answer(page) };
}

const toolbar = () =>
  browser.inBackground(async () => {
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    return chrome.action.getBadgeText({ tabId: tab.id });
  });

// The browser's dialogue ignores keys in its first moments and keys that follow each other fast, to guard against
// presses meant for something else; it shows nothing by which to tell that it has begun to listen.
const HEEDED_MS = 1000;

const isGranted = (origin) =>
  browser.inBackground((origin) => chrome.permissions.contains({ origins: [origin] }), origin);

/** Clicks "Allow" in the extension's window and chooses "Allow" in the browser's own dialogue over it. */
async function allow(permission) {
  const granted = () => isGranted("http://pictures.test/*");
  await permission.click("#allow");
  await until("the permission", async () => {
    if (await granted()) return true;
    if (await permission.locator("#state").textContent()) {
      // A key came too late and chose "Deny".
      await permission.locator("#state").evaluate((state) => (state.textContent = ""));
      await permission.click("#allow");
    }
    await pause(HEEDED_MS);
    await screen.xdotool("key", "Tab"); // from "Deny" to "Allow"
    await pause(HEEDED_MS);
    await screen.xdotool("key", "Return");
    return granted();
  });
}

test("with the server running the server answers", async () => {
  server = await startServer();
  await useServer(server.address);
  const { text } = await check("/face");
  assert.match(text, VERDICT);
  assert.match(text, BY_SERVER);
});

test("the toolbar shows the verdict in short, and forgets it on the next page", async () => {
  await useServer(await nobody());
  const { page, text } = await check("/face");
  const short = { Real: "real", Fake: "fake", Uncertain: "?" }[wordOf(text)];
  await until(`the toolbar to say ${short}`, async () => (await toolbar()) === short);
  await page.goto(site.url("/scene", "page.test"));
  await until("the toolbar to be empty", async () => (await toolbar()) === "");
  const remembered = () => browser.inBackground(async () => Object.keys(await chrome.storage.session.get()));
  await until("the check to be forgotten", async () => !(await remembered()).some((key) => key.startsWith("tab:")));
});

test("two pictures of a page can be checked at once", async () => {
  let release = () => undefined;
  const held = new Promise((done) => (release = () => void done(undefined)));
  const stub = await startStub((_request, response) => void held.then(() => response.writeHead(500).end("{}")));
  try {
    await useServer(stub.address);
    const page = await visit("/two");
    await rightClick(page, "#face");
    await until("the first check", async () => stub.asked() === 1);
    await rightClick(page, "#second");
    await until("the second check", async () => stub.asked() === 2);
    release();
    await until("both verdicts", async () => {
      const texts = await badges(page);
      return texts.length === 2 && texts.every((text) => VERDICT.test(text));
    });
  } finally {
    await stub.stop();
  }
});

test("in a modal dialog the badge can be closed with the mouse", async () => {
  await useServer(await nobody());
  const { page } = await check("/dialog");
  const { model } = await inBadge(page, "close", "DOM.getBoxModel");
  const [left, top, , , right, bottom] = model.border;
  await page.mouse.click((left + right) / 2, (top + bottom) / 2);
  await until("the badge to go", async () => (await badges(page)).length === 0);
});

test("a server killed between two checks leaves the second to the browser", async () => {
  server ??= await startServer();
  await useServer(server.address);
  const { page, text } = await check("/face");
  assert.match(text, BY_SERVER);
  await server.kill();
  server = undefined;
  await rightClick(page);
  await until("the browser's answer in the one badge", async () => {
    const all = await badges(page);
    return all.length === 1 && BY_BROWSER.test(all[0]);
  });
});

test("without a server the browser answers", async () => {
  await useServer(await nobody());
  const { text } = await check("/face");
  assert.match(text, VERDICT);
  assert.match(text, BY_BROWSER);
});

test("a server that hangs leaves the answer to the browser", async () => {
  const stub = await startStub(() => undefined);
  try {
    await useServer(stub.address);
    const { text } = await check("/face");
    assert.match(text, BY_BROWSER);
    assert.equal(stub.asked(), 1);
  } finally {
    await stub.stop();
  }
});

test("a server that answers 500 leaves the answer to the browser", async () => {
  const stub = await startStub((_request, response) => {
    response.writeHead(500, { "Content-Type": "application/problem+json" }).end('{"code":"internal_error"}');
  });
  try {
    await useServer(stub.address);
    const { text } = await check("/face");
    assert.match(text, BY_BROWSER);
    assert.equal(stub.asked(), 1);
  } finally {
    await stub.stop();
  }
});

test("a picture without a face gets no verdict", async () => {
  await useServer(await nobody());
  const { text } = await check("/scene");
  assert.match(text, /^No face found/);
  await until("the toolbar's ?", async () => (await toolbar()) === "?");
});

test("a truncated JPEG cannot be read", async () => {
  await useServer(await nobody());
  const { text } = await check("/cut");
  assert.match(text, /^Could not read the picture \| The picture is damaged or was cut off/);
});

for (const path of ["/data", "/blob"]) {
  test(`a picture that exists only in its page is checked too (${path.slice(1)}: URL)`, async () => {
    await useServer(await nobody());
    const { text } = await check(path);
    assert.match(text, VERDICT);
  });
}

test("a picture in a tab of its own whose host puts it into a sandbox is checked without a question", async () => {
  await useServer(await nobody());
  const page = await browser.page();
  pages.push(page);
  await page.goto(site.url("/sandboxed.jpg", "page.test"));
  await page.bringToFront();
  await rightClick(page, "img");
  assert.match(await answer(page), VERDICT);
});

test("a picture on another host is checked once the person allows it", async () => {
  await useServer(await nobody());
  const window = browser.context.waitForEvent("page", (opened) => opened.url().includes("permission.html"));
  const page = await visit("/elsewhere");
  await rightClick(page);
  const permission = await window;
  pages.push(permission);
  assert.match(await answer(page), /^Permission needed \| The picture lies on pictures\.test/);
  await allow(permission);
  await until("the verdict", async () => VERDICT.test((await badges(page))[0]));
});

test("a picture whose host the person does not allow is judged as it is to be seen", async () => {
  await useServer(await nobody());
  const window = browser.context.waitForEvent("page", (opened) => opened.url().includes("permission.html"));
  const page = await visit("/refused");
  await rightClick(page);
  const permission = await window;
  await permission.click("#allow");
  await until("the browser's question to be refused", async () => {
    await pause(HEEDED_MS);
    await screen.xdotool("key", "Escape");
    return /^Not allowed/.test((await permission.locator("#state").textContent()) ?? "");
  });
  assert.equal(await isGranted("http://refused.test/*"), false);
  await permission.click("#no");
  await until("the verdict", async () => /% likely generated.*taken from the screen/.test((await badges(page))[0]));
});

test("a site is watched from the browser's question on until it is switched off or its permission taken back", async () => {
  await useServer(await nobody());
  const page = await visit("/person", "watched.test");
  const origins = ["http://watched.test/*", "http://*.watched.test/*"];
  const judged = () => until("the toolbar's answer", async () => /^(real|fake|\?)$/.test(await toolbar()));
  const over = async () => {
    await page.bringToFront();
    await until("the permission to go", async () => !(await isGranted(origins[0])));
    await until("the toolbar to be empty", async () => (await toolbar()) === "");
    const { left, scripts } = await browser.inBackground(async () => ({
      left: (await chrome.permissions.getAll()).origins,
      scripts: await chrome.scripting.getRegisteredContentScripts(),
    }));
    assert.deepEqual([left?.filter((origin) => origin.includes("watched.test")), scripts], [[], []]);
  };
  /** In a popup that is opened anew each time; told twice, it does it once. */
  const press = (on) => {
    const click = `setTimeout(() => {
      const box = document.querySelector("#site input");
      if (box.checked !== ${on}) box.click();
      setTimeout(close, 500);
    })`;
    return popupText(browser, page, /Check profile pictures on watched\.test/, click);
  };
  const switchOn = async () => {
    await press(true);
    await until("the permission", async () => {
      if (await isGranted(origins[0])) return true;
      await pause(HEEDED_MS);
      await screen.xdotool("key", "Tab");
      await pause(HEEDED_MS);
      await screen.xdotool("key", "Return");
      return isGranted(origins[0]);
    });
    await judged();
  };
  const inOptions = async (work) => {
    const options = await browser.page();
    await options.goto(`chrome-extension://${browser.id}/options.html`);
    await work(options);
    await options.close();
  };
  // By its key, since the browser lets the popup see the tab only where the person has opened it.
  await until("the popup", async () => {
    await screen.xdotool("key", "alt+shift+k");
    await pause(HEEDED_MS);
    return browser.inBackground(async () => (await chrome.runtime.getContexts({ contextTypes: ["POPUP"] })).length > 0);
  });
  await switchOn();
  assert.equal(await isGranted(origins[1]), true);
  await press(false);
  await over();
  await switchOn();
  // Not uncheck(), which would look at the row once more: it goes with its site.
  await inOptions((options) => options.getByLabel("watched.test", { exact: true }).click());
  await over();
  await switchOn();
  await inOptions((options) =>
    options
      .getByRole("button", { name: /watched\.test/ })
      .first()
      .click(),
  );
  await over();
});

test("the badge withstands the page's style sheet", async () => {
  await useServer(await nobody());
  const { page } = await check("/hostile");
  const { model } = await inBadge(page, "card", "DOM.getBoxModel");
  assert.ok(model.width > 150 && model.width < 360, `width ${model.width}`);
  assert.ok(model.height > 30 && model.height < 120, `height ${model.height}`);
  const host = await page.locator("html > div").evaluate((element) => {
    const { opacity, visibility, transform } = getComputedStyle(element);
    return { opacity, visibility, transform };
  });
  assert.deepEqual(host, { opacity: "1", visibility: "visible", transform: "none" });
});

test("the badge goes away on Escape and when its picture leaves the page", async () => {
  await useServer(await nobody());
  const { page } = await check("/face");
  await page.keyboard.press("Escape");
  await until("the badge to go", async () => (await badges(page)).length === 0);
  await rightClick(page);
  await answer(page);
  await page.locator("#face").evaluate((face) => face.remove());
  await until("the badge to go", async () => (await badges(page)).length === 0);
});

test("a page cannot reach into the badge", async () => {
  await useServer(await nobody());
  const { page } = await check("/face");
  const seen = await page.evaluate(() => {
    const host = document.querySelector("html > div");
    return { root: host?.shadowRoot, text: host?.textContent, listens: "checkThisFaceListens" in globalThis };
  });
  assert.deepEqual(seen, { root: null, text: "", listens: false });
});

test("what the badge tells is copied as text, and called wrong in a form that is the person's to edit", async () => {
  await useServer(await nobody());
  const { page, text } = await check("/face");
  await clickInBadge(page, "Why?");
  // The browser's own network gives it, too.
  await until("the heat map", () => inBadge(page, "heat", "DOM.getBoxModel"));
  const form = await copyAndComplain(browser, page);
  pages.push(form);
  await form.waitForLoadState();
  // Nothing stands in the address, which a page could have been given.
  assert.equal(form.url(), `chrome-extension://${browser.id}/wrong.html`);
  assert.match(await form.locator("main").innerText(), /Nothing has been sent/);
  const field = form.locator("#text");
  await until("the form's text", () => field.inputValue());
  const offered = await field.inputValue();
  await form.bringToFront();
  await field.press("Control+A");
  await field.press("Control+V");
  const copied = await field.inputValue();
  assert.ok(copied.startsWith(`${wordOf(text)}. `), copied);
  assert.match(copied, /\nBundle: \d+\.\d+\.\d+\+[0-9a-f]{8}\n[\s\S]*\nSHA-256: [0-9a-f]{64}\n/);
  assert.match(offered, /^What the picture really is \(photographed or generated\)/);
  assert.ok(offered.endsWith(copied), offered);
  for (const not of ["page.test", "face.jpg", "http", "data:", "blob:"]) assert.ok(!offered.includes(not), offered);
  await form.click("#copy");
  await field.fill("");
  await field.press("Control+V");
  assert.equal(await field.inputValue(), copied);
});

test("the popup shows the tab's last report and the server's state", async () => {
  await useServer(await nobody());
  const { page, text } = await check("/face");
  await popupText(browser, page, /Why\?/, 'document.querySelector("details").open = true');
  const popup = await popupText(browser, page, /Time[\s\S]*Your server is not running/);
  assert.ok(popup.includes(wordOf(text)), popup);
  assert.match(popup, /Answered by\s+in this browser/);
  assert.match(popup, /Network\s+\S+\s+Bundle\s+\d+\.\d+\.\d+\+[0-9a-f]{8}/);
  assert.match(popup, /Time\s+\d+ ms/);
});
