// The add-on in a real Firefox. Its menus are out of reach there, so the checks begin where a permission was just given.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { noFirefox, openFirefox } from "./support/firefox.mjs";
import { emptyScene, sample } from "./support/pictures.mjs";
import { nobody, startServer } from "./support/servers.mjs";
import { openSite } from "./support/site.mjs";
import { until } from "./support/wait.mjs";

const LARGEST_DIFFERENCE = 0.01;
const skip = noFirefox();

let firefox, server, site, options;

/** A person's page as it tells machines of itself. */
const PROFILE = `<!doctype html><title>Ada</title><h1>Ada</h1><img width="320" src="/face.jpg">
  <script type="application/ld+json">${JSON.stringify({
    "@context": "https://schema.org",
    "@type": "ProfilePage",
    mainEntity: { "@type": "Person", name: "Ada", image: "/face.jpg" },
  })}</script>`;

before(async () => {
  if (skip) return;
  server = await startServer();
  site = await openSite({
    "/ada": { type: "text/html", body: Buffer.from(PROFILE) },
    "/about": { type: "text/html", body: Buffer.from("<!doctype html><title>About</title><h1>About</h1>") },
    "/face.jpg": { type: "image/jpeg", body: await sample(2) },
  });
  firefox = await openFirefox({
    "network.dns.localDomains": "person.test,pictures.test",
    // Firefox's own question is out of reach too: whatever is asked for by a click is allowed.
    "extensions.webextOptionalPermissionPrompts": false,
  });
  options = await firefox.page("options.html");
});

after(() => Promise.all([firefox?.close(), server?.stop(), site?.close()]));

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

test("the popup tells whether the server is there", { skip }, async () => {
  await options.evaluate((serverAddress) => chrome.storage.local.set({ serverAddress }), server.address);
  const popup = await firefox.page("popup.html");
  await until("the popup's words", () =>
    popup.evaluate(() => document.body.innerText.includes("Your server is ready")),
  );
});

const isGranted = (origin) => options.evaluate((origin) => chrome.permissions.contains({ origins: [origin] }), origin);

test("a profile page answers on the toolbar while its site is switched on", { skip }, async () => {
  await options.evaluate((serverAddress) => chrome.storage.local.set({ serverAddress }), server.address);
  const origin = "http://person.test/*";
  const profile = await firefox.visit(site.url("/ada", "person.test"));
  try {
    assert.equal(await isGranted(origin), false);
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
    await until("the permission", () => isGranted(origin));
    await profile.bringToFront();
    const toolbar = () =>
      options.evaluate(async () => {
        const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
        const tabId = tab.id;
        return { text: await chrome.action.getBadgeText({ tabId }), title: await chrome.action.getTitle({ tabId }) };
      });
    const verdict = () =>
      until("the toolbar's answer", async () => {
        const { text, title } = await toolbar();
        return /^(real|fake|\?)$/.test(text) && /% likely generated$/.test(title);
      });
    const empty = () => until("the toolbar to be empty", async () => (await toolbar()).text === "");
    await verdict();
    await profile.goto(site.url("/about", "person.test"));
    await empty();
    await profile.evaluate(() => history.back());
    await verdict();
    await options.evaluate(() => {
      const label = [...document.querySelectorAll("#sites label")].find(
        ({ textContent }) => textContent === "person.test",
      );
      label?.querySelector("input")?.click();
    });
    await until("the permission to go", async () => !(await isGranted(origin)));
    await empty();
    assert.deepEqual(await options.evaluate(() => chrome.scripting.getRegisteredContentScripts()), []);
  } finally {
    await profile.close();
  }
});

test(
  "a picture of another host is checked once the tab that asks for its permission was answered",
  { skip },
  async () => {
    await options.evaluate((serverAddress) => chrome.storage.local.set({ serverAddress }), server.address);
    const src = site.url("/face.jpg", "pictures.test");
    const tabId = await options.evaluate(async (src) => {
      const id = (await chrome.tabs.getCurrent())?.id;
      await chrome.storage.session.remove(`tab:${id}`);
      await chrome.storage.session.set({ "pending:asked": { tabId: id, frameId: 0, element: null, src } });
      return id;
    }, src);
    const question = await firefox.page("permission.html?check=asked");
    await question.bringToFront();
    await until("the question", () =>
      question.evaluate(() => document.getElementById("why")?.textContent?.includes("pictures.test")),
    );
    await question.click("#allow");
    const outcome = await until("the outcome", () =>
      options.evaluate(
        async (key) => /** @type {any} */ (await chrome.storage.session.get(key))[key]?.outcome,
        `tab:${tabId}`,
      ),
    );
    assert.deepEqual([outcome.kind, outcome.by], ["report", "server"]);
    assert.equal(await isGranted("http://pictures.test/*"), true);
  },
);
