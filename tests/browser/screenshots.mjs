// Takes pictures of the extension at work: `npm run screenshots -- FOLDER`. PYTHON names an interpreter with scikit-image.
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { answer, badges, inBadge, onScreen, openBrowser } from "./support/browser.mjs";
import { astronaut, emptyScene, sample } from "./support/pictures.mjs";
import { openScreen } from "./support/screen.mjs";
import { nobody, PYTHON, startServer } from "./support/servers.mjs";
import { openSite } from "./support/site.mjs";
import { allowing, openSites } from "./support/sites.mjs";
import { until } from "./support/wait.mjs";

// A network that starts on a busy machine.
const PATIENCE_MS = 120_000;

const folder = process.argv[2] ?? "screenshots";
await mkdir(folder, { recursive: true });

const STYLE = `:root { color-scheme: light dark } body { font: 17px/1.5 system-ui, sans-serif; margin: 32px; max-width: 900px }
  img { display: block; margin: 0 0 24px; border-radius: 4px }`;
const page = (body) => ({
  type: "text/html",
  body: Buffer.from(`<!doctype html><meta charset="utf-8"><title>Profile</title><style>${STYLE}</style>${body}`),
});
const site = await openSite({
  "/astronaut.png": { type: "image/png", body: await astronaut() },
  "/group.jpg": { type: "image/jpeg", body: await sample(1) },
  "/scene.bmp": { type: "image/bmp", body: emptyScene() },
  "/portrait": page(
    '<h2>Eileen Collins</h2><img id="face" src="/astronaut.png" width="360" alt="Portrait"><p>Astronaut, pilot and commander of two flights.</p>',
  ),
  "/avatar": page(
    '<div style="display:flex;gap:14px;align-items:center"><img id="face" src="/astronaut.png" width="48" style="border-radius:50%;margin:0" alt=""><b>Eileen Collins</b></div><p>Hello! I would like to add you to my professional network.</p>',
  ),
  "/group": page('<img id="face" src="/group.jpg" width="700" alt="">'),
  "/full": page(
    '<style>body{margin:0;max-width:none}</style><img id="face" src="/astronaut.png" style="width:100vw;height:100vh;object-fit:cover" alt="">',
  ),
  "/scene": page('<img id="face" src="/scene.bmp" width="240" alt="">'),
});

/** The browser's own bars and popups are not in a page's picture. */
const wholeScreen = ({ display }, path) =>
  promisify(execFile)(PYTHON, [
    "-c",
    `from PIL import ImageGrab; ImageGrab.grab(xdisplay="${display}").save(r"${path}")`,
  ]);

async function shots(scheme) {
  const screen = await openScreen();
  const browser = await openBrowser(screen.display, { args: scheme === "dark" ? ["--force-dark-mode"] : [] });
  const server = await startServer();
  const use = (address) =>
    browser.inBackground((serverAddress) => chrome.storage.local.set({ serverAddress }), address);
  try {
    for (const [name, address] of [
      ["portrait", server.address],
      ["avatar", server.address],
      ["group", await nobody()],
      ["full", server.address],
      ["scene", await nobody()],
    ]) {
      await use(address);
      const tab = await browser.page();
      await tab.emulateMedia({ colorScheme: scheme });
      await tab.goto(site.url(`/${name}`, "people.test"));
      const { x, y } = await onScreen(tab, "#face");
      await screen.chooseFromMenu(x, y);
      await answer(tab, PATIENCE_MS);
      await until("one badge", async () => (await badges(tab)).length === 1);
      const box = await tab.evaluate(() => ({ width: innerWidth, height: innerHeight }));
      const clip = {
        x: 0,
        y: 0,
        width: Math.min(box.width, name === "full" ? box.width : 760),
        height: Math.min(box.height, name === "full" ? box.height : 600),
      };
      await tab.screenshot({ path: join(folder, `${name}-${scheme}.png`), clip });
      if (name === "portrait") await why(tab, join(folder, `why-${scheme}.png`));
      if (name === "portrait" || name === "group") {
        await browser.inBackground(async () => chrome.action.openPopup());
        await until("the popup to be drawn", async () => (await screen.windows()).length > 0);
        await new Promise((done) => setTimeout(done, 2500)); // nothing tells when a popup has been painted
        await wholeScreen(screen, join(folder, `popup-${name}-${scheme}.png`));
      }
      await tab.close();
    }
    for (const name of ["options", "permission", "welcome"]) {
      const tab = await browser.page();
      await tab.emulateMedia({ colorScheme: scheme });
      const check = "screenshot";
      await browser.inBackground(
        (key) =>
          chrome.storage.session.set({
            [`pending:${key}`]: { tabId: 0, frameId: 0, src: "https://images.example.com/face.jpg" },
          }),
        check,
      );
      await tab.goto(`chrome-extension://${browser.id}/${name}.html?check=${check}`);
      if (name === "welcome")
        for (const by of ["server", "browser"])
          await tab.locator(`#${by} [data-tone=real]`).waitFor({ timeout: PATIENCE_MS });
      await new Promise((done) => setTimeout(done, 1000)); // lists that are drawn last
      const { x, width, height } = await tab.locator("body").evaluate((body) => body.getBoundingClientRect());
      const clip = { x: Math.max(0, x - 24), y: 0, width: width + 48, height: Math.min(height + 20, 1400) };
      await tab.screenshot({ path: join(folder, `${name}-${scheme}.png`), clip, fullPage: true });
      await tab.close();
    }
  } finally {
    await browser.close();
    await Promise.all([screen.close(), server.stop()]);
  }
}

const PROFILE = `<script type="application/ld+json">${JSON.stringify({
  "@type": "ProfilePage",
  mainEntity: { "@type": "Person", name: "Eileen Collins", image: "/astronaut.png" },
})}</script>
  <div style="display:flex;gap:28px;align-items:center"><img src="/astronaut.png" width="200" alt="" style="border-radius:50%;margin:0">
  <div><h1 style="margin:0">Eileen Collins</h1><p>Astronaut, pilot and commander of two flights</p></div></div>`;
const SITE = { name: "people.example", pages: ["https://people.example/*"], pictures: ["https://*.people.example/*"] };

/** A profile page with the toolbar's answer. */
async function profile(scheme) {
  const face = await astronaut();
  const sites = await openSites(({ pathname }) =>
    pathname === "/eileen-collins" ? page(PROFILE) : { type: "image/png", body: face },
  );
  const { extension, remove } = await allowing(["https://*/*"]);
  const screen = await openScreen();
  const browser = await openBrowser(screen.display, {
    args: [...sites.args, ...(scheme === "dark" ? ["--force-dark-mode"] : [])],
    extension,
  });
  try {
    const options = await browser.page();
    await options.goto(`chrome-extension://${browser.id}/options.html`);
    await options.evaluate(async (site) => {
      await chrome.storage.local.set({ watchedSites: [site] });
      await chrome.runtime.sendMessage({ to: "background", type: "apply-sites" });
    }, SITE);
    const tab = await browser.page();
    await options.close();
    await tab.emulateMedia({ colorScheme: scheme });
    await tab.goto("https://people.example/eileen-collins");
    await tab.bringToFront();
    const told = () =>
      browser.inBackground(async () => {
        const [{ id }] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
        return /^[a-z?]+$/.test(await chrome.action.getBadgeText({ tabId: id }));
      });
    await until("the toolbar's answer", told);
    await browser.inBackground(async () => chrome.action.openPopup());
    await new Promise((done) => setTimeout(done, 2500)); // nothing tells when a popup has been painted
    await wholeScreen(screen, join(folder, `profile-${scheme}.png`));
  } finally {
    await browser.close();
    await Promise.all([screen.close(), sites.close(), remove()]);
  }
}

/** The badge with its reasons open. */
async function why(tab, path) {
  const { model } = await inBadge(tab, "more", "DOM.getBoxModel");
  const [left, , , , , bottom] = model.border;
  await tab.mouse.click(left + 20, bottom - 12);
  await new Promise((done) => setTimeout(done, 1500));
  const height = await tab.evaluate(() => innerHeight);
  await tab.screenshot({ path, clip: { x: 0, y: 0, width: 760, height } });
}

try {
  for (const scheme of ["light", "dark"]) {
    await shots(scheme);
    await profile(scheme);
  }
} finally {
  await site.close();
}
