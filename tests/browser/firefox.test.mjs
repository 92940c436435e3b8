// The add-on in a real Firefox, used as a person uses it: its menu, its popup, and the browser's own questions.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { noFirefox, openFirefox } from "./support/firefox.mjs";
import { emptyScene, sample } from "./support/pictures.mjs";
import { openScreen } from "./support/screen.mjs";
import { nobody, startServer } from "./support/servers.mjs";
import { openSite } from "./support/site.mjs";
import { again, until } from "./support/wait.mjs";

const LARGEST_DIFFERENCE = 0.01;
const skip = noFirefox();

let screen, firefox, server, site, options;

/** A person's page as it tells machines of itself. */
const PROFILE = `<!doctype html><title>Ada</title><h1>Ada</h1><img width="320" src="/face.jpg">
  <script type="application/ld+json">${JSON.stringify({
    "@context": "https://schema.org",
    "@type": "ProfilePage",
    mainEntity: { "@type": "Person", name: "Ada", image: "/face.jpg" },
  })}</script>`;

const pictureAt = (src) => `<!doctype html><title>Face</title><img id="face" width="320" src="${src}">`;

before(async () => {
  if (skip) return;
  server = await startServer();
  site = await openSite({
    "/ada": { type: "text/html", body: Buffer.from(PROFILE) },
    "/face": { type: "text/html", body: Buffer.from(pictureAt("/face.jpg")) },
    "/covered": {
      type: "text/html",
      body: Buffer.from(`${pictureAt("/face.jpg")}<div id="background" style="width: 320px; height: 300px;
        background: url(/second.jpg) center / contain no-repeat"></div>`),
    },
    "/second.jpg": { type: "image/jpeg", body: await sample(5) },
    "/elsewhere": (request) => ({
      type: "text/html",
      body: Buffer.from(pictureAt(`http://${request.headers.host.replace("page", "pictures")}/face.jpg`)),
    }),
    "/about": { type: "text/html", body: Buffer.from("<!doctype html><title>About</title><h1>About</h1>") },
    "/face.jpg": { type: "image/jpeg", body: await sample(2) },
  });
  screen = await openScreen();
  firefox = await openFirefox({ "network.dns.localDomains": "page.test,person.test,pictures.test" }, screen);
  options = await firefox.page("options.html");
});

after(async () => {
  await firefox?.close();
  await Promise.all([screen?.close(), server?.stop(), site?.close()]);
});

const useServer = (address) =>
  options.evaluate(async (serverAddress) => {
    // Answers that are known already would not be asked for again.
    await chrome.storage.session.clear();
    await chrome.storage.local.set({ serverAddress });
  }, address);

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
      /** @type {Record<string, any>} */
      const kept = await chrome.storage.session.get(key);
      return kept[key]?.outcome;
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
  // On a busy machine a server is in doubt, and the browser answers: as a person would, one asks again.
  const there = await until("the server's answer", async () => {
    const outcome = await check("image/jpeg", picture, server.address);
    return outcome.by === "server" && outcome;
  });
  const here = await check("image/jpeg", picture, await nobody());
  assert.equal(here.by, "browser");
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

const isGranted = (origin) => options.evaluate((origin) => chrome.permissions.contains({ origins: [origin] }), origin);

/** What the extension knows of the tab in front, and its badge there, which is closed to the page. */
const tabInFront = () =>
  options.evaluate(async () => {
    const [{ id: tabId = -1 }] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    const badge = () =>
      [...document.querySelectorAll("html > div")]
        .map((host) => /** @type {any} */ (host).openOrClosedShadowRoot?.querySelector(".card")?.textContent)
        .filter(Boolean);
    const [seen] = await chrome.scripting.executeScript({ target: { tabId }, func: badge }).catch(() => [null]);
    return {
      badges: (seen?.result ?? []).map((text) => text.replaceAll("\u00a0", " ")),
      text: await chrome.action.getBadgeText({ tabId }),
      title: await chrome.action.getTitle({ tabId }),
    };
  });

const badgeSays = (text) =>
  until(`the badge to say ${text}`, async () => {
    const { badges } = await tabInFront();
    if (badges.length !== 1 || !text.test(badges[0])) throw new Error(`badges: ${JSON.stringify(badges)}`);
    return true;
  });

const toolbarVerdict = () =>
  until("the toolbar's answer", async () => {
    const { text, title } = await tabInFront();
    return /^(real|fake|\?)$/.test(text) && /% likely generated$/.test(title);
  });

const toolbarEmpty = () => until("the toolbar to be empty", async () => (await tabInFront()).text === "");

test("at its installation the add-on explains itself", { skip }, async () => {
  const welcome = await firefox.opened("welcome.html");
  await until("its words", () => welcome.evaluate(() => document.body.innerText.includes("NASA, public domain")));
  await welcome.close();
});

test(
  "what is chosen in the menu of a right-click is answered by the server, and by the browser once that is gone",
  { skip },
  async () => {
    await useServer(server.address);
    const page = await firefox.visit(site.url("/face", "page.test"));
    try {
      await firefox.chooseFromMenu(page, "#face");
      await badgeSays(/^(Real|Fake|Uncertain) .*% likely generated.*your server/);
      await useServer(await nobody());
      await firefox.chooseFromMenu(page, "#face");
      await badgeSays(/^(Real|Fake|Uncertain) .*% likely generated.*in this browser/);
      await toolbarVerdict();
    } finally {
      await page.close();
    }
  },
);

test("the menu offers to check this face over a picture, and the face here elsewhere", { skip }, async () => {
  const page = await firefox.visit(site.url("/covered", "page.test"));
  try {
    await firefox.menuOffers(page, "#face", "Check this face");
    await firefox.menuOffers(page, "#background", "Check the face here");
    await useServer(await nobody());
    await firefox.chooseFromMenu(page, "#background");
    await badgeSays(/% likely generated.*in this browser/);
  } finally {
    await page.close();
  }
});

test("a picture of another host is checked once the browser's question was answered with yes", { skip }, async () => {
  await useServer(await nobody());
  const page = await firefox.visit(site.url("/elsewhere", "page.test"));
  try {
    await firefox.chooseFromMenu(page, "#face");
    const question = await firefox.opened("permission.html");
    await until("the question", () =>
      question.evaluate(() => document.getElementById("why")?.textContent?.includes("pictures.test")),
    );
    const state = () => question.evaluate(() => document.getElementById("state")?.textContent);
    await question.click("#allow");
    await firefox.answerQuestion(false);
    await until("the refusal to be told", async () => /^Not allowed/.test((await state()) ?? ""));
    assert.equal(await isGranted("http://pictures.test/*"), false);
    await question.click("#allow");
    await firefox.answerQuestion(true);
    await until("the permission", () => isGranted("http://pictures.test/*"));
    await badgeSays(/% likely generated.*in this browser/);
  } finally {
    await page.close();
  }
});

test("a profile page answers on the toolbar while its site is switched on in the popup", { skip }, async () => {
  await useServer(server.address);
  const origin = "http://person.test/*";
  const page = await firefox.visit(site.url("/ada", "person.test"));
  try {
    const popup = await firefox.openPopup(options);
    await popup.says(/Check profile pictures on person\.test by itself[\s\S]*Your server is ready/);
    await again(
      () => popup.click("#site input"),
      () => firefox.answerQuestion(true),
    );
    await until("the permission", () => isGranted(origin));
    await toolbarVerdict();
    await page.goto(site.url("/about", "person.test"));
    await toolbarEmpty();
    await page.evaluate(() => history.back());
    await toolbarVerdict();
    const later = await firefox.openPopup(options);
    await later.says(/% likely generated/);
    await later.click("#site input");
    await until("the permission to go", async () => !(await isGranted(origin)));
    await toolbarEmpty();
    assert.deepEqual(await options.evaluate(() => chrome.scripting.getRegisteredContentScripts()), []);
    await later.close();
  } finally {
    await page.close();
  }
});

test(
  "a site from a file of settings is watched once the browser's question was answered with yes",
  { skip },
  async () => {
    const origin = "http://person.test/*";
    await options.bringToFront();
    const sites = [{ name: "person.test", pages: [origin], pictures: ["http://*.person.test/*"] }];
    await options.evaluate(
      (text) => {
        const data = new DataTransfer();
        data.items.add(new File([text], "settings.json"));
        const input = /** @type {HTMLInputElement} */ (document.getElementById("import"));
        input.files = data.files;
        input.dispatchEvent(new Event("change"));
      },
      JSON.stringify({ kind: "check-this-face settings", sites }),
    );
    await options.waitForSelector("#settings-sites button");
    await options.click("#settings-sites button");
    await firefox.answerQuestion(true);
    await until("the permission", () => isGranted(origin));
    await options.evaluate(() => {
      const label = [...document.querySelectorAll("#sites label")].find(
        ({ textContent }) => textContent === "person.test",
      );
      label?.querySelector("input")?.click();
    });
    await until("the permission to go", async () => !(await isGranted(origin)));
  },
);
