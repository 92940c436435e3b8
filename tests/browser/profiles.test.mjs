// Profile pages answer by themselves: local pages with the sites' own structure, under the sites' own names.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { badges, clickInBadge, copyAndComplain, openBrowser, popupText } from "./support/browser.mjs";
import { sample } from "./support/pictures.mjs";
import { logTo, requestsIn } from "./support/requests.mjs";
import { openScreen } from "./support/screen.mjs";
import { nobody, startStub } from "./support/servers.mjs";
import { allowing, fixture, openSites } from "./support/sites.mjs";
import { PATIENCE_MS, until } from "./support/wait.mjs";

const VERDICT = /^(real|fake|\?)$/;
// In which a picture that was to be checked would have been: pages are believed after a third of a second.
const NOTHING_MS = 1000;
const TOOLTIP = /^(Real|Fake|Uncertain) – (under 1|over 99|\d+)% likely generated$/;

/** Where each site's fixture lies. */
const SITES = {
  LinkedIn: ["https://www.linkedin.com/in/ada-example/", "linkedin-sdui"],
  X: ["https://x.com/Ada_Example", "x"],
  Facebook: ["https://www.facebook.com/ada.example", "facebook"],
  Instagram: ["https://www.instagram.com/ada.example/", "instagram"],
  Threads: ["https://www.threads.com/@ada.example", "threads"],
  TikTok: ["https://www.tiktok.com/@ada.example", "tiktok"],
  GitHub: ["https://github.com/ada-example", "github"],
  GitLab: ["https://gitlab.com/ada", "gitlab"],
  YouTube: ["https://www.youtube.com/@ada", "youtube"],
  Bluesky: ["https://bsky.app/profile/ada.example", "bluesky"],
  Mastodon: ["https://mastodon.social/@ada", "mastodon"],
  Reddit: ["https://www.reddit.com/user/ada_example/", "reddit"],
  Telegram: ["https://t.me/ada_example", "telegram"],
  VK: ["https://vk.com/ada_example", "vk"],
  "Stack Overflow": ["https://stackoverflow.com/users/1/ada-example", "stackoverflow"],
  Medium: ["https://medium.com/@ada.example", "medium"],
  Tinder: ["https://tinder.com/app/recs", "tinder"],
  Bumble: ["https://bumble.com/app", "bumble"],
};

const LINKEDIN_OTHERS = {
  "/in/ghost/": "linkedin-ghost",
  "/in/ember/": "linkedin-ember",
  "/in/public/": "linkedin-public",
};

const NEXT_PERSON =
  "https://media.licdn.com/dms/image/v2/NEXT/profile-displayphoto-scale_400_400/B4E/0/1?e=1&v=beta&t=n";

const REPORT = {
  verdict: "real",
  verdict_by: "network",
  probability_fake: 0.1,
  faces: [{ box: [1, 1, 9, 9], crop: [0, 0, 99, 99], score: 1, verdict: "real", probability_fake: 0.1 }],
  evidence: [],
  warnings: [],
  image: { width: 99, height: 99, format: "JPEG", sha256: "0".repeat(64) },
  model: { name: "stub", version: "1", network: "stub", runtime: "lite", device: "CPU: stub" },
  milliseconds: { decode: 1, faces: 1, network: 1, total: 3 },
};

let screen, browser, sites, allowed, options, faces, folder;
let pages = [];
let stubs = [];

function pageOf(url) {
  const site = Object.values(SITES).find(([address]) => address === url.href.split(/[?#]/)[0]);
  if (site) return fixture(site[1]);
  if (url.host === "www.linkedin.com" && LINKEDIN_OTHERS[url.pathname]) return fixture(LINKEDIN_OTHERS[url.pathname]);
  if (url.pathname === "/in/nobody/")
    return "<!doctype html><main><section><p>A profile whose markup nobody knows</p></section></main>";
  if (url.pathname === "/feed/") return "<!doctype html><main><h1>Feed</h1></main>";
  return null;
}

before(async () => {
  faces = { PERSON: await sample(2), NEXT: await sample(5), OTHER: await sample(4) };
  sites = await openSites(async (url) => {
    const page = await pageOf(url);
    if (page) return { type: "text/html", body: page };
    const name = Object.keys(faces).find((person) => url.href.includes(person)) ?? "OTHER";
    return { type: "image/jpeg", body: faces[name] };
  });
  allowed = await allowing(["https://*/*"]);
  screen = await openScreen();
  folder = await mkdtemp(join(tmpdir(), "requests-"));
  browser = await openBrowser(screen.display, {
    args: [...sites.args, logTo(join(folder, "log.json"))],
    extension: allowed.extension,
  });
  options = await browser.page();
  await options.goto(`chrome-extension://${browser.id}/options.html`);
});

afterEach(async () => {
  await Promise.all([...pages.map((page) => page.close()), ...stubs.map((stub) => stub.stop())]);
  pages = [];
  stubs = [];
});

after(async () => {
  await browser?.close();
  await Promise.all([screen?.close(), sites?.close(), allowed?.remove(), folder && rm(folder, { recursive: true })]);
});

const useServer = (address) =>
  browser.inBackground(async (serverAddress) => {
    await chrome.storage.session.clear();
    await chrome.storage.local.set({ serverAddress });
  }, address);

async function useStub() {
  let checks = 0;
  const stub = await startStub((request, response) => {
    if (request.url?.startsWith("/v1/check")) checks += 1;
    const body = request.url === "/v1/model" ? { version: "1", roles: { strong: "stub", light: "stub" } } : REPORT;
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  });
  stubs.push(stub);
  await useServer(stub.address);
  return { checks: () => checks };
}

async function setSite(name, on) {
  const box = options.getByLabel(name, { exact: true });
  await box.waitFor({ state: "attached" });
  await box.setChecked(on);
  await until(`${name} to be switched ${on ? "on" : "off"}`, () =>
    browser.inBackground(
      async ([name, on]) => {
        /** @type {Record<string, any>} */
        const { watchedSites = [] } = await chrome.storage.local.get("watchedSites");
        const [registered] = await chrome.scripting.getRegisteredContentScripts();
        const listed = watchedSites.some((site) => site.name === name);
        return listed === on && (on ? registered !== undefined : true);
      },
      [name, on],
    ),
  );
}

async function visit(address) {
  const page = await browser.page();
  pages.push(page);
  await page.goto(address);
  await page.bringToFront();
  return page;
}

const toolbar = () =>
  browser.inBackground(async () => {
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    const tabId = tab.id;
    return { text: await chrome.action.getBadgeText({ tabId }), title: await chrome.action.getTitle({ tabId }) };
  });

const verdict = () => until("a verdict on the toolbar", async () => VERDICT.test((await toolbar()).text) && toolbar());

/** Whose profile the extension takes the page in front for. */
const shownProfile = () =>
  browser.inBackground(async () => {
    const [{ id }] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    const key = `profile:${id}`;
    /** @type {Record<string, any>} */
    const kept = await chrome.storage.session.get(key);
    return kept[key]?.key;
  });

const goTo = (page, path, picture) =>
  page.evaluate(
    ([path, picture]) => {
      history.pushState(null, "", path);
      const image = document.querySelector('[data-view-name="profile-top-card-member-photo"] img');
      if (!(image instanceof HTMLImageElement)) throw new Error("the page has no profile picture");
      image.removeAttribute("srcset");
      image.src = picture;
    },
    [path, picture],
  );

test("without a server the browser's own network answers on the toolbar", async () => {
  await useServer(await nobody());
  await setSite("LinkedIn", true);
  await visit(SITES.LinkedIn[0]);
  const { title } = await verdict();
  assert.match(title.replaceAll("\u00a0", ""), TOOLTIP);
});

for (const [name, [address]] of Object.entries(SITES)) {
  test(`a profile of ${name} answers on the toolbar, and nothing is written into the page`, async () => {
    await useStub();
    await setSite(name, true);
    const page = await visit(address);
    const before = await page.evaluate(() => document.documentElement.outerHTML);
    const { title } = await verdict();
    assert.match(title.replaceAll("\u00a0", ""), TOOLTIP);
    assert.equal(await page.evaluate(() => document.documentElement.outerHTML), before);
  });
}

for (const path of ["/in/ember/", "/in/public/"]) {
  test(`LinkedIn's other designs answer too: ${path}`, async () => {
    await useStub();
    await setSite("LinkedIn", true);
    await visit(`https://www.linkedin.com${path}`);
    await verdict();
  });
}

test("steps within the page are followed, and each picture is checked once", async () => {
  const { checks } = await useStub();
  await setSite("LinkedIn", true);
  const page = await visit(SITES.LinkedIn[0]);
  await verdict();
  assert.equal(checks(), 1);
  await goTo(page, "/in/next-person/", NEXT_PERSON);
  await until("the next person's check", async () => checks() === 2);
  await verdict();
  await page.evaluate(() => history.replaceState(null, "", "/in/next-person/details/experience/"));
  await page.evaluate(() => (location.hash = "about"));
  await pause(NOTHING_MS);
  assert.match((await toolbar()).text, VERDICT);
  assert.equal(checks(), 2);
  const FIRST_PERSON = NEXT_PERSON.replace("NEXT", "PERSON");
  await goTo(page, "/in/ada-example/", FIRST_PERSON);
  await until("the first person", async () => (await shownProfile()) === "LinkedIn:ada-example");
  await verdict();
  await page.evaluate((picture) => {
    addEventListener("popstate", () => {
      const image = document.querySelector('[data-view-name="profile-top-card-member-photo"] img');
      if (image instanceof HTMLImageElement) image.src = picture;
    });
    history.back();
  }, NEXT_PERSON);
  await until("the next person again", async () => (await shownProfile()) === "LinkedIn:next-person");
  await verdict();
  assert.equal(checks(), 2, "both answers were known");
});

test("going back to another page and forward again asks nobody anew", async () => {
  const { checks } = await useStub();
  await setSite("LinkedIn", true);
  const page = await visit(SITES.LinkedIn[0]);
  await verdict();
  await page.goto("https://www.linkedin.com/feed/");
  await until("the toolbar to be empty", async () => (await toolbar()).text === "");
  await page.goBack();
  await verdict();
  assert.equal(checks(), 1);
});

test("a page that is no profile stays without an answer", async () => {
  const { checks } = await useStub();
  await setSite("LinkedIn", true);
  await visit("https://www.linkedin.com/feed/");
  await pause(NOTHING_MS);
  assert.equal((await toolbar()).text, "");
  assert.equal(checks(), 0);
});

test("a stand-in for a picture is not judged, and the popup says so", async () => {
  const { checks } = await useStub();
  await setSite("LinkedIn", true);
  const page = await visit("https://www.linkedin.com/in/ghost/");
  await popupText(browser, page, /has no picture of its own/);
  assert.equal((await toolbar()).text, "");
  assert.equal(checks(), 0);
});

test("a profile whose picture is not found says so in the popup", async () => {
  await useStub();
  await setSite("LinkedIn", true);
  const page = await visit("https://www.linkedin.com/in/nobody/");
  await until("the watch to give up", () =>
    browser.inBackground(async () =>
      Object.values(await chrome.storage.session.get()).some(
        (value) => /** @type {any} */ (value)?.state === "not_found",
      ),
    ),
  );
  await popupText(browser, page, /its picture was not found\. Right-click it/);
});

test("the next card of a site whose address names nobody is checked too", async () => {
  const { checks } = await useStub();
  await setSite("Tinder", true);
  const page = await visit(SITES.Tinder[0]);
  await verdict();
  await page.evaluate(() => {
    const card = document.querySelector('[aria-hidden="false"] .profileCard__slider__img');
    if (!(card instanceof HTMLElement)) throw new Error("the page has no card");
    card.style.backgroundImage = 'url("https://images-ssl.gotinder.com/u/NEXT/1.webp?Policy=p&Signature=s")';
  });
  await until("the next card's check", async () => checks() === 2);
  await verdict();
});

test("a hidden tab waits until it is shown", async () => {
  const { checks } = await useStub();
  await setSite("LinkedIn", true);
  const front = await visit("https://www.linkedin.com/feed/");
  const hidden = await browser.page();
  pages.push(hidden);
  await front.bringToFront();
  await hidden.goto(SITES.LinkedIn[0]);
  await pause(NOTHING_MS);
  assert.equal(checks(), 0);
  await hidden.bringToFront();
  await verdict();
  assert.equal(checks(), 1);
});

test("a server that goes away in between leaves the answer to the browser", async () => {
  await useStub();
  await setSite("LinkedIn", true);
  const page = await visit(SITES.LinkedIn[0]);
  await verdict();
  await Promise.all(stubs.splice(0).map((stub) => stub.stop()));
  await goTo(page, "/in/next-person/", NEXT_PERSON);
  await until(
    "the next answer",
    async () => TOOLTIP.test((await toolbar()).title.replaceAll("\u00a0", "")) && VERDICT.test((await toolbar()).text),
  );
});

test("a site that is switched off is watched no more, open pages included", async () => {
  const { checks } = await useStub();
  await setSite("LinkedIn", true);
  const page = await visit(SITES.LinkedIn[0]);
  await verdict();
  await setSite("LinkedIn", false);
  await until("the toolbar to be empty", async () => (await toolbar()).text === "");
  await page.bringToFront();
  await goTo(page, "/in/next-person/", NEXT_PERSON);
  await pause(NOTHING_MS);
  await page.reload();
  await pause(NOTHING_MS);
  assert.equal((await toolbar()).text, "");
  assert.equal(checks(), 1);
});

test("on a page with a secure connection a badge's text is copied, and called wrong without a word to anybody", async () => {
  await useStub();
  const page = await visit(SITES.LinkedIn[0]);
  await popupText(browser, page, /Check all faces/, 'document.getElementById("check-all").click()');
  await until("a badge", async () => (await badges(page)).length > 0);
  await page.bringToFront();
  await clickInBadge(page, "Why?");
  const form = await copyAndComplain(browser, page);
  pages.push(form);
  // The last test sees whom the extension has asked.
  await until("the form's text", async () => /SHA-256: 0{64}/.test(await form.locator("#text").inputValue()));
  const copied = await until("what was copied", async () => {
    await form.locator("#text").press("Control+A");
    await form.locator("#text").press("Control+V");
    return form.locator("#text").inputValue();
  });
  assert.match(copied, /^Real\. .*10% likely generated/);
});

test("whatever was checked, the extension has asked nobody but the server and the hosts of the pictures that pages show", async () => {
  await useStub();
  await setSite("LinkedIn", true);
  await visit(SITES.LinkedIn[0]);
  await verdict();
  const welcome = await visit(`chrome-extension://${browser.id}/welcome.html`);
  for (const by of ["server", "browser"])
    await welcome.locator(`#${by} .verdict:not([data-tone=working])`).waitFor({ timeout: PATIENCE_MS });
  const { id } = browser;
  await browser.close();
  browser = undefined;
  // From the start of the browser on, the installation and its first page included.
  const requests = await requestsIn(join(folder, "log.json"));
  const askedBy = (origin) => requests.filter(({ by }) => origin.test(by)).map(({ url }) => url);
  const asked = askedBy(new RegExp(`^chrome-extension://${id}`));
  const isServer = ({ hostname }) => hostname === "127.0.0.1";
  const paths = new Set(asked.filter(isServer).map(({ pathname }) => pathname));
  assert.deepEqual([...paths].sort(), ["/readyz", "/v1/check", "/v1/model"]);
  // What a page asks for, by a script of the extension's in it too, stands in its own markup.
  const byPages = askedBy(/^https:/);
  const fixtures = [...Object.values(SITES).map(([, name]) => name), ...Object.values(LINKEDIN_OTHERS)];
  const pages = [...Object.values(SITES).flat(), ...(await Promise.all(fixtures.map(fixture)))];
  const markup = pages.map(String).join("\n");
  for (const { host, href } of byPages) assert.ok(markup.includes(host), href);
  const shown = new Set(byPages.map(({ host }) => host));
  const pictures = asked.filter((url) => !isServer(url));
  assert.ok(pictures.some(({ host }) => host === "media.licdn.com"));
  for (const { host, href } of pictures) assert.ok(shown.has(host), href);
});
