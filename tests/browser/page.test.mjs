// The server's own page in a real browser, with the real server behind it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { CHROMIUM } from "./support/browser.mjs";
import { goldenPictures } from "./support/evidence.mjs";
import { astronaut, emptyScene } from "./support/pictures.mjs";
import { startServer } from "./support/servers.mjs";
import { PATIENCE_MS, until } from "./support/wait.mjs";

let server, browser, portrait;

before(async () => {
  [server, browser, portrait] = await Promise.all([
    startServer(),
    chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] }),
    astronaut(),
  ]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** The page, freshly opened, and all that it complained about or asked of other hosts. */
async function open(options = {}) {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(PATIENCE_MS);
  const faults = [];
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== server.address && !["blob:", "data:"].includes(protocol)) faults.push(`asked ${request.url()}`);
  });
  await page.goto(server.address);
  return { page, faults };
}

const file = (name, mimeType, buffer) => ({ name, mimeType, buffer });
const choose = (page, ...files) => page.locator("#files").setInputFiles(files);
const verdict = (page, number = 0) => page.locator(".card").nth(number).locator(".verdict");

test("a chosen portrait gets a verdict, with its face boxed where it is", async () => {
  const { page, faults } = await open();
  await choose(page, file("portrait.png", "image/png", portrait));
  assert.match(await verdict(page).innerText(), /^(Real|Fake|Uncertain)\b.* \d+ ?%/);

  const picture = await page.locator(".card img").first().boundingBox();
  const frame = await page.locator(".card rect.frame").boundingBox();
  const centre = (frame.x + frame.width / 2 - picture.x) / picture.width;
  assert.ok(Math.abs(centre - 0.44) < 0.04, `the astronaut's face is at 44 % of the width, the box at ${centre}`);
  assert.deepEqual(faults, []);
  await page.close();
});

test("the page says a verdict in the badge's words", async () => {
  const { page } = await open();
  const badge = [
    ["real", 0.02, "Real – 2% likely generated"],
    ["uncertain", 0.5, "Uncertain – 50% likely generated"],
    ["fake", 0.994, "Fake – over 99% likely generated"],
    ["real", 0.001, "Real – under 1% likely generated"],
  ];
  const answers = [...badge];
  await page.route("**/v1/check*", async (route) => {
    const response = await route.fetch();
    const report = await response.json();
    const [verdict, probability] = answers.shift() ?? [];
    for (const judged of [report, ...report.faces]) Object.assign(judged, { verdict, probability_fake: probability });
    await route.fulfill({ response, json: report });
  });
  for (const [number, [, , sentence]] of badge.entries()) {
    await choose(page, file(`portrait-${number}.png`, "image/png", portrait));
    const card = page.locator(".card").filter({ hasText: `portrait-${number}.png` });
    assert.equal((await card.locator(".verdict").innerText()).replace(/\s+/g, " "), sentence);
    assert.doesNotMatch(await card.innerText(), /confiden/i);
  }
  await page.close();
});

test("the page says what a picture's own bytes tell", async () => {
  const { page, faults } = await open();
  const { picture } = (await goldenPictures()).find(({ name }) => name === "AUTOMATIC1111, PNG");
  await choose(page, file("marked.png", "image/png", picture));
  await verdict(page).waitFor();
  assert.match(await page.locator(".card .evidence.strong.generated").innerText(), /AUTOMATIC1111/);
  assert.match(await verdict(page).innerText(), /no face/i);
  assert.deepEqual(faults, []);
  await page.close();
});

test("the marker of the scale lies in the zone of the verdict", async () => {
  const { page } = await open();
  await choose(page, file("portrait.png", "image/png", portrait));
  const named = (await verdict(page).innerText()).match(/^\w+/)[0].toLowerCase();
  const zone = await page.locator(`.card .zone.${named}`).boundingBox();
  const marker = await page.locator(".card .marker").boundingBox();
  const centre = marker.x + marker.width / 2;
  assert.ok(zone.x <= centre && centre <= zone.x + zone.width, `${named}: ${centre} in ${zone.x} + ${zone.width}`);
  await page.close();
});

test("a dropped picture without a face and a broken one say so plainly", async () => {
  const { page } = await open();
  const scene = emptyScene().toString("base64");
  const transfer = await page.evaluateHandle((base64) => {
    const data = new DataTransfer();
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    data.items.add(new File([bytes], "scene.bmp", { type: "image/bmp" }));
    data.items.add(new File(["no picture"], "broken.jpg", { type: "image/jpeg" }));
    return data;
  }, scene);
  await page.dispatchEvent("#intake", "drop", { dataTransfer: transfer });
  const said = await Promise.all(
    [0, 1].map(async (number) => {
      await verdict(page, number).waitFor();
      return page.locator(".card").nth(number).innerText();
    }),
  );
  assert.match(said.join("\n"), /no face/i);
  assert.match(said.join("\n"), /not supported/i);
  await page.close();
});

test("the heat map can be switched on", async () => {
  const { page, faults } = await open();
  await choose(page, file("portrait.png", "image/png", portrait));
  await verdict(page).waitFor();
  const opacity = () => page.locator(".card .heat").evaluate((heat) => getComputedStyle(heat).opacity);
  assert.equal(await opacity(), "0");
  await page.locator(".card").getByText("Heat map").click();
  await until("the heat map to show", async () => (await opacity()) === "1");
  assert.deepEqual(faults, []);
  await page.close();
});

test("a phone's width needs no sideways scrolling", async () => {
  const { page } = await open({ viewport: { width: 360, height: 740 } });
  await choose(page, file("portrait.png", "image/png", portrait));
  await verdict(page).waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.close();
});
