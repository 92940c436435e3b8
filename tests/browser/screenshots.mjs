// Takes the pictures of docs/: `npm run screenshots -- ../../docs`. PYTHON names an interpreter with scikit-image and Pillow.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { badges, CHROMIUM, inBadge, onScreen, openBrowser, popupText } from "./support/browser.mjs";
import { astronaut, emptyScene, sample } from "./support/pictures.mjs";
import { openScreen } from "./support/screen.mjs";
import { nobody, PYTHON, startServer } from "./support/servers.mjs";
import { openSite } from "./support/site.mjs";
import { allowing, openSites } from "./support/sites.mjs";
import { again, until } from "./support/wait.mjs";

// A network that starts on a busy machine.
const PATIENCE_MS = 120_000;
// So long may a popup take from one stroke of its brush to the next.
const STILL_MS = 1500;

const docs = process.argv[2] ?? "docs";
const folder = join(docs, "screenshots");
await mkdir(folder, { recursive: true });
const drafts = await mkdtemp(join(tmpdir(), "drafts-"));

const python = (code, ...words) => promisify(execFile)(PYTHON, ["-c", code, ...words]);

/** Writes a picture given as PNG into the folder, `clip` of it (left, top, right, bottom). */
async function keep(name, png, clip) {
  const draft = join(drafts, "picture.png");
  await writeFile(draft, png);
  await python(
    "import sys; from PIL import Image; picture = Image.open(sys.argv[1]).convert('RGB')\n" +
      "picture.crop(eval(sys.argv[3]) or (0, 0, *picture.size)).save(sys.argv[2], quality=82, method=6)",
    draft,
    join(folder, `${name}.webp`),
    JSON.stringify(clip ?? 0),
  );
  console.log(name);
}

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
  "/badge": page(
    '<h2>Eileen Collins</h2><img id="face" src="/astronaut.png" width="360" alt="Portrait"><p>Astronaut, pilot and commander of two flights.</p>',
  ),
  "/small": page(
    '<div style="display:flex;gap:14px;align-items:center"><img id="face" src="/astronaut.png" width="48" style="border-radius:50%;margin:0" alt=""><b>Eileen Collins</b></div><p>Hello! I would like to add you to my professional network.</p>',
  ),
  "/group": page('<img id="face" src="/group.jpg" width="700" alt="">'),
  "/nobody": page('<img id="face" src="/scene.bmp" width="240" alt="">'),
});

const VERDICT = /% likely generated/;
/** Pages and what the badge says there; whether a server answers. */
const CHECKED = [
  { name: "badge", says: VERDICT, byServer: true },
  { name: "small", says: VERDICT, byServer: true },
  { name: "group", says: VERDICT, byServer: false },
  { name: "nobody", says: /No face/, byServer: false },
];

/** The browser's own bars and popups are not in a page's picture. The screen once nothing on it moves any more. */
async function wholeScreen({ display }) {
  const path = join(drafts, "screen.png");
  const grab = async () => {
    await python(
      "import sys; from PIL import ImageGrab; ImageGrab.grab(xdisplay=sys.argv[1]).save(sys.argv[2])",
      display,
      path,
    );
    return readFile(path);
  };
  let before = await grab();
  return until("the screen to stand still", async () => {
    await new Promise((done) => setTimeout(done, STILL_MS));
    const now = await grab();
    const still = now.equals(before);
    before = now;
    return still && now;
  });
}

/** The screen with the popup open over the page in front, which tells a verdict. */
async function withPopup(browser, screen, tab) {
  await again(
    () => tab.bringToFront(),
    () => popupText(browser, tab, VERDICT),
  );
  return wholeScreen(screen);
}

/** Right-clicks the face and waits for what its badge says; a lost click is repeated, a lost check too. */
async function checked(screen, tab, says) {
  const { x, y } = await onScreen(tab, "#face");
  await again(
    async () => {
      await tab.bringToFront();
      await screen.chooseFromMenu(x, y);
    },
    () =>
      until(
        `one badge with ${says}`,
        async () => {
          const texts = await badges(tab);
          return texts.length === 1 && says.test(texts[0]);
        },
        PATIENCE_MS,
      ),
  );
}

async function shots(scheme) {
  const screen = await openScreen();
  const browser = await openBrowser(screen.display, { args: scheme === "dark" ? ["--force-dark-mode"] : [] });
  const server = await startServer();
  const use = (address) =>
    browser.inBackground((serverAddress) => chrome.storage.local.set({ serverAddress }), address);
  try {
    const nowhere = await nobody();
    for (const { name, says, byServer } of CHECKED) {
      await use(byServer ? server.address : nowhere);
      const tab = await browser.page();
      await tab.emulateMedia({ colorScheme: scheme });
      await tab.goto(site.url(`/${name}`, "people.test"), { waitUntil: "networkidle" });
      await checked(screen, tab, says);
      const { width, height } = await tab.evaluate(() => ({ width: innerWidth, height: innerHeight }));
      const clip = { x: 0, y: 0, width: Math.min(width, 760), height: Math.min(height, 660) };
      await keep(`${name}-${scheme}`, await tab.screenshot({ clip }));
      if (name === "badge") {
        await keep(`popup-${scheme}`, await withPopup(browser, screen, tab));
        await keep(`why-${scheme}`, await why(tab));
      }
      await tab.close();
    }
    await use(server.address);
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
      // Lists are drawn last.
      if (name === "options") await tab.getByLabel("LinkedIn", { exact: true }).waitFor({ state: "attached" });
      if (name === "permission") await tab.getByText("images.example.com").first().waitFor();
      const { x, width, height } = await tab.locator("body").evaluate((body) => body.getBoundingClientRect());
      const clip = { x: Math.max(0, x - 24), y: 0, width: width + 48, height: height + 20 };
      await keep(`${name}-${scheme}`, await tab.screenshot({ clip, fullPage: true }));
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
    await until("the toolbar's answer", told, PATIENCE_MS);
    await keep(`profile-${scheme}`, await withPopup(browser, screen, tab), [0, 0, 1280, 690]);
  } finally {
    await browser.close();
    await Promise.all([screen.close(), sites.close(), remove()]);
  }
}

/** The badge with its reasons open. */
async function why(tab) {
  const opened = () => inBadge(tab, "buttons", "DOM.getBoxModel");
  await again(
    async () => {
      const { model } = await inBadge(tab, "more", "DOM.getBoxModel");
      const [left, , , , , bottom] = model.border;
      await tab.mouse.click(left + 20, bottom - 12);
    },
    () => until("the reasons", opened),
  );
  const height = await tab.evaluate(() => innerHeight);
  return tab.screenshot({ clip: { x: 0, y: 0, width: 640, height } });
}

/** The server's own page with a verdict. */
async function serverPage() {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const server = await startServer();
  try {
    const tab = await browser.newPage({ viewport: { width: 1000, height: 760 }, colorScheme: "light" });
    await tab.goto(server.address);
    const picture = { name: "collins.png", mimeType: "image/png", buffer: await astronaut() };
    await tab.setInputFiles("#files", picture);
    await tab.getByText(VERDICT).first().waitFor({ timeout: PATIENCE_MS });
    await tab.screenshot({ path: join(docs, "page.png") });
    console.log("page");
  } finally {
    await browser.close();
    await server.stop();
  }
}

try {
  for (const scheme of ["light", "dark"]) {
    await shots(scheme);
    await profile(scheme);
  }
  await serverPage();
} finally {
  await Promise.all([site.close(), rm(drafts, { recursive: true })]);
}
