// Takes pictures of the extension at work: `npm run screenshots -- FOLDER`. PYTHON names an interpreter with scikit-image.
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { answer, badges, onScreen, openBrowser } from "./support/browser.mjs";
import { astronaut, emptyScene, sample } from "./support/pictures.mjs";
import { openScreen } from "./support/screen.mjs";
import { nobody, PYTHON, startServer } from "./support/servers.mjs";
import { openSite } from "./support/site.mjs";
import { until } from "./support/wait.mjs";

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

async function shots(scheme) {
  const screen = await openScreen();
  const browser = await openBrowser(screen.display, { args: scheme === "dark" ? ["--force-dark-mode"] : [] });
  const server = await startServer();
  const use = (address) =>
    browser.inBackground((serverAddress) => chrome.storage.local.set({ serverAddress }), address);
  // The browser's own bars and popups are not in the page's picture.
  const wholeScreen = (name) =>
    promisify(execFile)(PYTHON, [
      "-c",
      `from PIL import ImageGrab; ImageGrab.grab(xdisplay="${screen.display}").save(r"${join(folder, `${name}-${scheme}.png`)}")`,
    ]);
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
      await answer(tab);
      await until("one badge", async () => (await badges(tab)).length === 1);
      const box = await tab.evaluate(() => ({ width: innerWidth, height: innerHeight }));
      const clip = {
        x: 0,
        y: 0,
        width: Math.min(box.width, name === "full" ? box.width : 760),
        height: Math.min(box.height, name === "full" ? box.height : 600),
      };
      await tab.screenshot({ path: join(folder, `${name}-${scheme}.png`), clip });
      if (name === "portrait" || name === "group") {
        await browser.inBackground(async () => chrome.action.openPopup());
        await until("the popup to be drawn", async () => (await screen.windows()).length > 0);
        await new Promise((done) => setTimeout(done, 2500)); // nothing tells when a popup has been painted
        await wholeScreen(`popup-${name}`);
      }
      await tab.close();
    }
    for (const name of ["options", "permission"]) {
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
      await tab.screenshot({
        path: join(folder, `${name}-${scheme}.png`),
        clip: { x: 0, y: 0, width: 1100, height: 480 },
      });
      await tab.close();
    }
  } finally {
    await browser.close();
    await Promise.all([screen.close(), server.stop()]);
  }
}

try {
  for (const scheme of ["light", "dark"]) await shots(scheme);
} finally {
  await site.close();
}
