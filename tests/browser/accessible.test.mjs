// For everybody: what is drawn, said and reached in the badge and in the extension's pages.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { axeFindings, withBadge } from "./support/accessible.mjs";
import { openBrowser } from "./support/browser.mjs";
import { openScreen } from "./support/screen.mjs";
import { nobody } from "./support/servers.mjs";
import { until } from "./support/wait.mjs";

const PAGES = ["welcome.html", "options.html", "popup.html", "picture.html", "wrong.html", "permission.html?check=x"];
// What a page draws last.
const FILLED = {
  "options.html": ["#order input", "#sites input", "#hosts li", "#language option:nth-child(2)"],
  "popup.html": ["#last .meter", "#actions button", "#own .button", "#recent button", "#server .dot"],
  "picture.html": ["#own .button"],
  "welcome.html": ["#browser .meter, #browser [data-tone]:not([data-tone=working])"],
};
const SCHEMES = /** @type {const} */ (["light", "dark"]);

const face = (box, verdict, probability) => ({
  box,
  crop: box,
  score: 0.9,
  verdict,
  probability_fake: probability,
  heatmap: [
    [0.1, 0.9],
    [0.5, 0.2],
  ],
});

/** An outcome with everything that can be told. */
const OUTCOME = {
  kind: "report",
  by: "browser",
  bands: { real_below: 0.3, fake_from: 0.9 },
  serverFault: ["server_slow"],
  report: {
    verdict: "uncertain",
    verdict_by: "network",
    probability_fake: 0.6,
    faces: [face([20, 20, 90, 90], "real", 0.1), face([130, 20, 90, 90], "uncertain", 0.6)],
    evidence: [
      { code: "software", detail: "made with a generator", proves: "generated", strength: "strong" },
      { code: "camera", detail: "a camera's name", proves: "photographed", strength: "weak" },
    ],
    warnings: [{ code: "blurred", detail: "blurred" }],
    image: { width: 256, height: 256, format: "JPEG", sha256: "0".repeat(64) },
    model: { name: "n", version: "1", network: "lite", runtime: "tfjs-wasm", device: "CPU: WebAssembly" },
    milliseconds: { decode: 1, faces: 1, network: 1, total: 3 },
  },
};
const REAL = {
  ...OUTCOME,
  report: { ...OUTCOME.report, verdict: "real", faces: [face([20, 20, 90, 90], "real", 0.1)] },
};
const FAKE = {
  ...OUTCOME,
  report: { ...OUTCOME.report, verdict: "fake", faces: [face([20, 20, 90, 90], "fake", 0.9)] },
};
const NO_ANSWER = { kind: "no_answerer", why: [["nobody_answered"]] };

let screen, browser;
let pages = [];

before(async () => {
  screen = await openScreen();
  browser = await openBrowser(screen.display);
  const serverAddress = await nobody();
  await browser.inBackground((serverAddress) => chrome.storage.local.set({ serverAddress }), serverAddress);
  await browser.inBackground((pending) => chrome.storage.session.set(pending), {
    "pending:x": { tabId: 0, frameId: 0, element: null, src: "https://pictures.example/face.jpg" },
    recent: [
      { at: 0, from: "example.com", outcome: REAL },
      { at: 0, from: "face.jpg", outcome: FAKE },
    ],
  });
});

afterEach(async () => {
  await Promise.all(pages.map((page) => page.close()));
  pages = [];
});

after(async () => {
  await browser?.close();
  await screen?.close();
});

async function open(name, media = {}) {
  const page = await browser.page();
  pages.push(page);
  await page.emulateMedia(media);
  await page.goto(`chrome-extension://${browser.id}/${name}`);
  if (name === "popup.html") await withAnswer(page);
  await until("the page's words", () => page.evaluate(() => document.body.innerText.length > 20));
  for (const last of FILLED[name] ?? []) await page.locator(last).first().waitFor({ state: "attached" });
  await page.evaluate(() => document.querySelectorAll("details").forEach((folded) => (folded.open = true)));
  return page;
}

/** Gives the tab that the popup is about, here its own, an answer. */
async function withAnswer(page) {
  await page.evaluate(async (outcome) => {
    const tab = await chrome.tabs.getCurrent();
    const last = { check: "c", startedAt: Date.now(), outcome, document: "d", frameId: 0 };
    await chrome.storage.session.set({ [`tab:${tab?.id}`]: last });
  }, OUTCOME);
}

/** A page with a badge; `why`: with its reasons open. */
async function badge(outcome, media = {}, { why = true, direction = "ltr" } = {}) {
  const page = await open("wrong.html", media);
  await page.evaluate((direction) => (document.documentElement.dir = direction), direction);
  await withBadge(page, outcome);
  if (why && outcome?.kind === "report") {
    await page.locator("summary").click();
    await page.locator("details dl").waitFor();
  }
  return page;
}

async function assertNothingFound(page) {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await axeFindings(page), [], colorScheme);
  }
}

for (const name of PAGES)
  test(`axe finds nothing in ${name}, light and dark`, async () => assertNothingFound(await open(name)));

for (const [what, outcome] of Object.entries({ OUTCOME, REAL, FAKE, NO_ANSWER, working: null }))
  test(`axe finds nothing in the badge and its reasons, ${what}, light and dark`, async () =>
    assertNothingFound(await badge(outcome)));

test("axe sees what is in the badge", async () => {
  const page = await badge(REAL);
  await page.locator("button.close").evaluate((button) => button.removeAttribute("aria-label"));
  await page.locator("button.close").evaluate((button) => button.replaceChildren());
  assert.match((await axeFindings(page)).join(), /^button-name: .*\.close/);
});

/** Goes through a page by Tab; gives what had the focus, in order, until it comes round. */
async function tabbed(page) {
  await page.evaluate(() => Object.assign(globalThis, { tabbed: new WeakSet() }));
  const seen = [];
  for (;;) {
    await page.keyboard.press("Tab");
    const [name, drawn] = await page.evaluate(() => {
      let active = document.activeElement;
      while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
      const { tabbed } = /** @type {any} */ (globalThis);
      if (!active || active === document.body || tabbed.has(active)) return [null, true];
      tabbed.add(active);
      const shown = (active.matches(".unseen") && active.parentElement) || active;
      const { outlineStyle, outlineWidth } = getComputedStyle(shown);
      return [
        `${active.localName}${active.id && `#${active.id}`}|${(active.textContent || active.parentElement?.textContent)?.trim().slice(0, 30)}`,
        outlineStyle !== "none" && parseFloat(outlineWidth) > 0,
      ];
    });
    if (name === null) return seen;
    assert.ok(drawn, `the focus is to be seen on ${name}`);
    seen.push(name);
  }
}

for (const name of ["options.html", "popup.html", "picture.html", "welcome.html"]) {
  test(`every control of ${name} is reached by the keyboard, with the focus to be seen`, async () => {
    const page = await open(name);
    const controls = await page.evaluate(
      () =>
        [...document.querySelectorAll("a[href], button, input, select, textarea")].filter(
          (element) =>
            element.checkVisibility() &&
            // Of several radio buttons one takes the focus, the arrows reach the others.
            !(element instanceof HTMLInputElement && element.type === "radio" && !element.checked),
        ).length,
    );
    const found = (await tabbed(page)).filter((name) => /^(a|button|input|select|textarea)\b/.test(name));
    assert.equal(found.length, controls, found.join("\n"));
  });
}

test("the badge is read, opened and closed by the keyboard", async () => {
  const page = await badge(OUTCOME, {}, { why: false });
  const names = (await tabbed(page)).map((name) => name.split("|")[1]);
  assert.deepEqual(names, ["×", "Why?"]);
  await page.locator("summary").focus();
  await page.keyboard.press("Enter");
  await page.locator("details[open] dl").waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  await until("the badge to go", async () => (await page.locator(".card").count()) === 0);
});

test("the reasons tell what was found, what lowers trust, each face, who answered, with what, and how long it took", async () => {
  const page = await badge(OUTCOME);
  const said = (await page.locator(".card details").innerText()).replaceAll("\u00a0", " ");
  for (const part of [
    /photographed\s+generated/, // of the heat map
    /Found in the picture\s+Made with a generator\. Says that the picture was generated.*\s+A camera's name/,
    /Trust it less, because\s+The face is blurred.*\s+Your server took too long\. So this browser answered/,
    /1 \(90 × 90 px\)\s+Real\s+10%\s+2 \(90 × 90 px\)\s+Uncertain\s+60%/,
    /Answered by\s+in this browser.*\s+Network\s+lite\s+Bundle\s+1\s+Runtime\s+tfjs-wasm/,
    /Picture\s+JPEG, 256 × 256 pixels\s+Time\s+3 ms/,
  ])
    assert.match(said, part);
});

test("of several faces each has its box", async () => {
  const page = await badge(OUTCOME, {}, { why: false });
  const picture = await page.locator("#face").boundingBox();
  for (const [at, { box, verdict }] of OUTCOME.report.faces.entries()) {
    const [left, top, width, height] = box;
    const frame = page.locator(".marks .frame").nth(at);
    await until(`the box of face ${at + 1}`, async () => {
      assert.deepEqual(await frame.boundingBox(), { x: picture.x + left, y: picture.y + top, width, height });
      return true;
    });
    assert.equal(await frame.getAttribute("class"), `frame ${verdict}`);
    assert.equal(await frame.innerText(), String(at + 1));
  }
  const one = await badge(REAL, {}, { why: false });
  assert.equal(await one.locator(".marks .frame").count(), 0);
});

test("the heat map lies over each face once the reasons are open, and where it is wanted", async () => {
  const heat = (page) => page.locator("canvas.heat");
  const page = await badge(OUTCOME, {}, { why: false });
  assert.equal(await heat(page).count(), 0);
  await page.locator("summary").click();
  const picture = await page.locator("#face").boundingBox();
  for (const [at, { crop }] of OUTCOME.report.faces.entries()) {
    const [left, top, width, height] = crop;
    await until(`the heat map of face ${at + 1}`, async () => {
      const box = await heat(page).nth(at).boundingBox();
      assert.deepEqual(box, { x: picture.x + left, y: picture.y + top, width, height });
      return true;
    });
  }
  await page.locator("summary").click();
  await until("the heat maps to go", async () => (await heat(page).count()) === 0);
  await browser.inBackground(() => chrome.storage.local.set({ heatMaps: false }));
  try {
    await page.locator("summary").click();
    await page.locator("details dl").waitFor();
    assert.equal(await heat(page).count(), 0);
  } finally {
    await browser.inBackground(() => chrome.storage.local.set({ heatMaps: true }));
  }
});

test("a screen reader hears the verdict when it comes, and the close button's name", async () => {
  const page = await badge(REAL, {}, { why: false });
  assert.match(await page.locator("[role=status]").innerText(), /Real/);
  assert.equal(await page.getByRole("region", { name: "Check this face" }).count(), 1);
  assert.equal(await page.getByRole("button", { name: "Close" }).count(), 1);
  assert.match(
    (await page.locator(".meter").getAttribute("aria-label")) ?? "",
    /Probability that the face was generated/,
  );
});

test("what the picture's own bytes say stands in the badge, and only what proves little waits behind the reasons", async () => {
  const signed = { code: "c2pa", detail: "signed", proves: "generated", strength: "conclusive" };
  const evidence = [signed, ...OUTCOME.report.evidence];
  const report = { ...OUTCOME.report, verdict: "fake", verdict_by: "evidence", evidence };
  const page = await badge({ ...OUTCOME, report }, {}, { why: false });
  const shown = async () => {
    const texts = await page.locator(".card .evidence:visible").allInnerTexts();
    return texts.map((text) => text.replaceAll("\u00a0", " "));
  };
  assert.equal((await shown()).length, 2);
  assert.match((await shown()).join(" "), /^Signed\. .* Made with a generator\. /);
  assert.match(await page.locator(".card").innerText(), /The picture itself says that it was generated/);
  await page.locator("summary").click();
  await page.locator("details .evidence.weak").waitFor();
});

for (const name of PAGES) {
  test(`${name} needs no scrolling to the side at 200 % zoom`, async () => {
    const page = await open(name);
    // A popup has at most 800 pixels, a window here 1280.
    await page.setViewportSize(name === "popup.html" ? { width: 400, height: 300 } : { width: 640, height: 480 });
    const [wide, seen] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    assert.ok(wide <= seen, `${wide} px in ${seen}`);
  });
}

const inWindow = async (page) => {
  const box = await page.locator(".card").boundingBox();
  const { width, height } = await page.evaluate(() => ({ width: innerWidth, height: innerHeight }));
  assert.ok(
    box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height,
    JSON.stringify(box),
  );
  return box;
};

test("at 200 % zoom the whole badge is in the window, reasons included", async () => {
  const page = await badge(OUTCOME);
  await page.setViewportSize({ width: 320, height: 240 });
  await until("the badge to follow", () => inWindow(page).then(() => true));
});

test("a badge goes out of sight with its picture, and is beside it again with it", async () => {
  const page = await badge(OUTCOME, {}, { why: false });
  const card = page.locator(".card");
  const fromPicture = async () => {
    const [badge, picture] = [await inWindow(page), await page.locator("#face").boundingBox()];
    return { x: badge.x - picture.x, y: badge.y - picture.y };
  };
  const before = await until("the badge at its picture", fromPicture);
  await page.evaluate(() => (document.body.style.height = "4000px"));
  await page.evaluate(() => scrollTo(0, 3000));
  await card.waitFor({ state: "hidden" });
  await page.locator(".marks").waitFor({ state: "hidden" });
  await page.evaluate(() => scrollTo(0, 0));
  await card.waitFor();
  await until("the badge where it was", async () => {
    const { x, y } = await fromPicture();
    // The picture stands half a pixel further once the page has a scroll bar.
    assert.ok(Math.abs(x - before.x) < 1 && Math.abs(y - before.y) < 1, JSON.stringify([before, { x, y }]));
    return true;
  });
});

test("on a page from right to left the badge stands at its picture", async () => {
  const page = await badge(OUTCOME, {}, { direction: "rtl", why: false });
  const card = await inWindow(page);
  const picture = await page.locator("#face").boundingBox();
  assert.ok(picture.x > 300, "the picture lies on the right");
  assert.ok(card.x + card.width > picture.x && card.x < picture.x + picture.width, JSON.stringify([card, picture]));
});

test("in forced colours verdict, meter and frames are still told apart", async () => {
  const page = await badge(OUTCOME, { forcedColors: "active" });
  const [paper, ...parts] = await page.evaluate(() => {
    const root = [...document.querySelectorAll("html > div")].map((host) => host.shadowRoot).find(Boolean);
    const colour = (selector, property) =>
      getComputedStyle(/** @type {Element} */ (root?.querySelector(selector))).getPropertyValue(property);
    return [
      colour(".card", "background-color"),
      colour(".card", "border-top-color"),
      colour(".title", "color"),
      colour(".live .sign path", "stroke"),
      colour(".zone.real", "background-color"),
      colour(".zone.fake", "background-color"),
      colour(".marker", "background-color"),
      colour(".frame", "border-top-color"),
    ];
  });
  for (const part of parts) assert.notEqual(part, paper);
});

for (const reducedMotion of /** @type {const} */ (["reduce", "no-preference"])) {
  test(`the sign of a check under way ${reducedMotion === "reduce" ? "stands still" : "turns"} with ${reducedMotion}`, async () => {
    const page = await badge(null, { reducedMotion });
    const animation = await page.locator(".card .sign").evaluate((sign) => getComputedStyle(sign).animationName);
    assert.equal(animation, reducedMotion === "reduce" ? "none" : "turn");
  });
}
