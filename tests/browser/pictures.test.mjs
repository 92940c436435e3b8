// Every kind of picture file, sound or damaged: Python, Chromium and Firefox see the same, and what a page would show.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openBrowser } from "./support/browser.mjs";
import { makeCorpus, withDetector } from "./support/corpus.mjs";
import { noFirefox, openFirefox } from "./support/firefox.mjs";
import { EVERY_INSTANCE } from "./support/instances.mjs";
import { leftOut } from "./support/left-out.mjs";
import { openScreen } from "./support/screen.mjs";
import { startServer } from "./support/servers.mjs";

const BATCH = 25;
// Equal pixels are judged alike, so a part is enough (JUDGED_EVERY=1 asks for all); in Firefox, which enlarges the colours
// of AVIF otherwise, all AVIF files.
const JUDGED_EVERY = Number(process.env.JUDGED_EVERY ?? 24);
// Mean difference of the grid's colours, 0..255, from what Python sees and from what a page shows: Firefox's and Chromium's
// pages show a gamma up to 2.0 apart.
const LARGEST_SHIFT = 1;
const LARGEST_SHIFT_FROM_SHOWN = 2.2;
const LARGEST_DIFFERENCE = 0.02;
// Chromium takes the transparency of AVIF for limited range, so that what is half transparent comes out paler.
const LARGEST_SHIFTS = { "avif-alpha": 4 };

// Files that this browser shows otherwise than the other one; docs/pictures.md says what the rule makes of them.
const SHOWN_OTHERWISE = {
  chromium: [
    "jpeg-icc_cmyk",
    "jpeg-orientation_long_then_short",
    "jpeg-orientation_odd_marker",
    "jpeg-orientation_second_segment",
    "png-cicp_bt709",
    "png-gamma_1",
    "png-palette_too_short",
    "png-trns_too_long",
    "webp-lossless_alpha_not_flagged",
  ],
  firefox: [
    "gif-short_palette",
    "jpeg-icc_rgb_on_cmyk",
    "jpeg-orientation_two_entries",
    "png-animation_turned",
    "png-icc_bad_crc",
    "webp-lossless_alpha_not_flagged",
  ],
};

// Files that were answered wrongly or each in another way once, of kinds that the corpus has, too.
const REPORTED_FOLDER = fileURLToPath(new URL("../../../shared/cases", import.meta.url));
const REPORTED = reportedFiles();
const REPORTED_REFUSED = {
  "animated/avif_sequence.avif": "unsupported_format",
  "bmp_gif/bmp_24_offset0.bmp": "unreadable_picture",
  "bmp_gif/grey_gif_nopal.gif": "unreadable_picture",
  "bmp_gif/odd_24_nopadlast.bmp": "unreadable_picture",
  "bmp_gif/pal4_bmp2.bmp": "unsupported_format",
  "bmp_gif/pkey_bmp8_rle_skip.bmp": "unreadable_picture",
  "firefox_cut_off/dmg_gif_cut50.gif": "unreadable_picture",
  "firefox_cut_off/dmg_png_cut50.png": "unreadable_picture",
  "firefox_cut_off/dmg_png_cut99.png": "unreadable_picture",
  "jpeg/jpg_arithmetic.jpg": "unsupported_format",
  "jpeg/jpg_arithmetic_small.jpg": "unsupported_format",
  "png/dmg_png_few_rows.png": "unreadable_picture",
  "png/dmg_png_idat_crc.png": "unreadable_picture",
  "png/dmg_png_no_iend.png": "unreadable_picture",
};
// Both browsers compute the same of them, which takes long.
const SLOW = "small_faces/";
const withoutReported = leftOut(REPORTED.length === 0, "there is no ../shared/cases");

const withoutFirefox = noFirefox();
let corpus, screen, chromium, firefox, server;
const askers = {};

before(async () => {
  [corpus, screen] = await Promise.all([makeCorpus(), openScreen()]);
  chromium = await openBrowser(screen.display);
  const page = await chromium.page();
  await page.goto(`chrome-extension://${chromium.id}/options.html`);
  askers.chromium = await withDetector(page);
  if (withoutFirefox) return;
  firefox = await openFirefox();
  askers.firefox = await withDetector(await firefox.page("options.html"));
});

after(async () => {
  await Promise.all([chromium?.close(), firefox?.close(), server?.stop(), corpus?.remove()]);
  await screen?.close();
});

function reportedFiles() {
  try {
    const names = readdirSync(REPORTED_FOLDER, { recursive: true, encoding: "utf8" });
    return names.filter((name) => /\.(png|jpg|webp|gif|bmp|avif)$/.test(name)).sort();
  } catch {
    return [];
  }
}

/** The answers of a browser by name. */
async function ask(browser, what, names, read = corpus.read) {
  const answers = {};
  for (let at = 0; at < names.length; at += BATCH) {
    const batch = names.slice(at, at + BATCH);
    const replies = await askers[browser](what, await Promise.all(batch.map(read)));
    batch.forEach((name, number) => (answers[name] = replies[number]));
  }
  return answers;
}

function shift(here, there) {
  const apart = here.flatMap((colour, cell) => colour.map((value, channel) => Math.abs(value - there[cell][channel])));
  return apart.reduce((sum, value) => sum + value, 0) / apart.length;
}

function sameSize(here, there) {
  return here.width === there.width && here.height === there.height;
}

/** What is wrong with a browser's answer beside Python's, or null. */
function unequal(python, browser, largest = LARGEST_SHIFT) {
  if (python.refused ?? browser.refused) {
    return python.refused === browser.refused
      ? null
      : `${python.refused ?? "shown"}, browser ${browser.refused ?? "shown"}`;
  }
  if (!sameSize(python, browser))
    return `${python.width} x ${python.height}, browser ${browser.width} x ${browser.height}`;
  if (python.warnings.join() !== browser.warnings.join())
    return `warnings ${python.warnings.join()}, browser ${browser.warnings.join()}`;
  const apart = shift(python.cells, browser.cells);
  return apart <= largest ? null : `${apart.toFixed(1)} apart`;
}

function unlikeShown({ refused, shown, ...seen }) {
  if (refused) return null;
  if (!shown) return "the page shows nothing";
  if (!sameSize(seen, shown)) return `the page shows ${shown.width} x ${shown.height}`;
  const apart = shift(seen.cells, shown.cells);
  return apart <= LARGEST_SHIFT_FROM_SHOWN ? null : `${apart.toFixed(1)} apart from what the page shows`;
}

function faults(names, fault) {
  return Object.fromEntries(names.map((name) => [name, fault(name)]).filter(([, found]) => found));
}

// The server's answers by name: both browsers are compared with the same.
const judgements = new Map();

async function byServer(name, read) {
  server ??= await startServer();
  if (!judgements.has(name)) {
    const headers = { "Content-Type": "application/octet-stream" };
    const question = { method: "POST", headers, body: await read(name) };
    const response = await fetch(`${server.address}/v1/check?network=light`, question);
    judgements.set(name, { refused: !response.ok, ...(await response.json()) });
  }
  return judgements.get(name);
}

/** Asks a browser and the server about files, and gives the browser's answers by name. */
async function assertJudgedAlike(t, browser, names, read) {
  const answers = await ask(browser, "judged", names, read);
  let largest = 0;
  const found = {};
  for (const name of names) {
    const there = await byServer(name, read);
    const here = answers[name];
    if (there.refused || here.refused) {
      if (there.code !== here.refused)
        found[name] = `server ${there.code ?? "judged"}, browser ${here.refused ?? "judged"}`;
      continue;
    }
    const difference = Math.abs((there.probability_fake ?? 0) - (here.probability_fake ?? 0));
    const opposite = [there.verdict, here.verdict].sort().join() === "fake,real";
    largest = Math.max(largest, difference);
    if (there.faces.length !== here.faces.length)
      found[name] = `${there.faces.length} faces, browser ${here.faces.length}`;
    else if (difference > LARGEST_DIFFERENCE || opposite)
      found[name] = `${there.verdict}, ${difference.toFixed(3)} apart`;
  }
  t.diagnostic(`largest difference ${largest.toFixed(4)}`);
  assert.deepEqual(found, {});
  return answers;
}

for (const browser of ["chromium", "firefox"]) {
  const skip = browser === "firefox" && withoutFirefox;

  test(`${browser}: the extension sees of every file what Python sees and what a page shows`, { skip }, async (t) => {
    const answers = await ask(browser, "seen", corpus.names);
    assert.deepEqual(
      faults(corpus.names, (name) => unequal(corpus.index[name], answers[name], LARGEST_SHIFTS[name])),
      {},
    );
    const unlike = faults(corpus.names, (name) => unlikeShown(answers[name]));
    assert.deepEqual(Object.keys(unlike).sort(), SHOWN_OTHERWISE[browser], JSON.stringify(unlike));
    const refused = corpus.names.filter((name) => answers[name].refused).length;
    t.diagnostic(`${corpus.names.length} files, ${refused} of them refused`);
    const shifts = corpus.names
      .filter((name) => !answers[name].refused)
      .map((name) => ({ name, apart: shift(corpus.index[name].cells, answers[name].cells) }))
      .toSorted((here, there) => there.apart - here.apart);
    t.diagnostic(`furthest apart: ${shifts.slice(0, 5).map(({ name, apart }) => `${name} ${apart.toFixed(2)}`)}`);
  });

  test(`${browser}: the extension and the server judge files alike`, { skip }, async (t) => {
    const ownColours = (name) => browser === "firefox" && name.startsWith("avif");
    const names = corpus.names.filter((name, at) => at % JUDGED_EVERY === 0 || ownColours(name));
    await assertJudgedAlike(t, browser, names, corpus.read);
  });

  test(`${browser}: files of public reports are judged alike`, { skip: skip || withoutReported }, async (t) => {
    const withSlow = browser === "chromium" || EVERY_INSTANCE;
    const names = REPORTED.filter((name) => withSlow || !name.startsWith(SLOW));
    const answers = await assertJudgedAlike(t, browser, names, (name) => readFile(join(REPORTED_FOLDER, name)));
    const refused = Object.entries(answers).filter(([, answer]) => answer.refused);
    assert.deepEqual(Object.fromEntries(refused.map(([name, answer]) => [name, answer.refused])), REPORTED_REFUSED);
    if (withSlow) assert.equal(answers[`${SLOW}grid_8x8_faces_of_100px.jpg`].faces.length, 64);
    assert.deepEqual(
      answers["jpeg/jpg_cut50_eoi.jpg"].warnings.map(({ code }) => code),
      ["incomplete"],
    );
  });
}
