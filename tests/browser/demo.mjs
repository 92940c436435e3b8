// Opens a Chromium with the extension on a page with a few faces, to try it by hand: `npm run demo`.
import { openBrowser } from "./support/browser.mjs";
import { openSite } from "./support/site.mjs";
import { emptyScene, sample } from "./support/pictures.mjs";

const NUMBERS = [1, 2, 3, 4, 5, 6];

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Faces to check</title>
<style>
  :root { color-scheme: light dark }
  body { font: 17px/1.5 system-ui, sans-serif; max-width: 1080px; margin: 40px auto; padding: 0 24px }
  main { display: grid; grid-template-columns: repeat(3, 1fr); gap: 90px 24px }
  img { width: 100%; aspect-ratio: 3 / 2; object-fit: cover; border-radius: 6px }
</style>
<h1>Faces to check</h1>
<p><strong>Right-click a picture and choose “Check this face”.</strong>
  A badge beside the picture tells the verdict and who gave it: your server if it is running, or else this browser.
  The last picture has no face. All photographs of people here come from a camera.</p>
<main>
  ${NUMBERS.map((number) => `<img src="/${number}.jpg" alt="Photograph ${number}">`).join("\n  ")}
  <img src="/empty.bmp" alt="A grey ramp without a face">
</main>`;

const files = {
  "/": { type: "text/html", body: Buffer.from(PAGE) },
  "/empty.bmp": { type: "image/bmp", body: emptyScene() },
};
for (const number of NUMBERS) files[`/${number}.jpg`] = { type: "image/jpeg", body: await sample(number) };

if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
  console.error("The demo needs a screen: run it in a desktop session.");
  process.exit(1);
}
const site = await openSite(files);
const browser = await openBrowser();
const [page] = browser.context.pages();
await page.goto(site.url("/"));
console.log(`Right-click a face on ${site.url("/")} and choose "Check this face". Close the browser to end.`);
browser.context.once("close", () => void site.close());
