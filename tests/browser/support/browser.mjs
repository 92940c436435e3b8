import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { SIZE } from "./screen.mjs";
import { again, PATIENCE_MS, until } from "./wait.mjs";

export const EXTENSION = fileURLToPath(new URL("../../../extension/dist/chrome", import.meta.url));

// Some frames, and longer than the badge takes to look where its picture is.
const SETTLED_MS = 300;

// What was chosen in a menu shows at once that it was.
const NOTICED_MS = 15_000;

export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/**
 * Chromium with the built extension in it, on the display given.
 * @param {string} [display]
 * @param {{ args?: string[], extension?: string, welcome?: boolean }} [options] `welcome`: the page that explains the extension
 * at its installation stays open.
 */
export async function openBrowser(display, { args = [], extension = EXTENSION, welcome = false } = {}) {
  if (!existsSync(join(extension, "manifest.json"))) {
    throw new Error("the extension is not built: npm ci && npm run build in extension/");
  }
  const profile = await mkdtemp(join(tmpdir(), "check-this-face-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: false,
    viewport: null,
    colorScheme: null,
    env: { ...process.env, ...(display && { DISPLAY: display }) },
    ignoreDefaultArgs: ["--disable-extensions"],
    args: [
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
      "--disable-features=DisableLoadExtensionCommandLineSwitch",
      // Root, as in containers, has no other way.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--window-position=0,0",
      `--window-size=${SIZE.width},${SIZE.height}`,
      // Names that are not this machine's number, for the tests' pages and pictures that lie elsewhere.
      ...(display ? ["--host-resolver-rules=MAP *.test 127.0.0.1"] : []),
      ...args,
    ],
  });
  const worker = async () => context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  const id = new URL((await worker()).url()).host;
  const first = await until("the first page", () =>
    context.pages().find((page) => page.url().endsWith(`${id}/welcome.html`)),
  );
  if (!welcome) await first.close();

  return {
    context,
    id,
    page: () => context.newPage(),
    /** Runs in the extension's background, which the browser may have restarted meanwhile. */
    inBackground: (work, argument) =>
      until("the background", async () => ({ value: await (await worker()).evaluate(work, argument) })).then(
        ({ value }) => value,
      ),
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** Where an element lies on the screen, in pixels. */
export async function onScreen(page, selector) {
  return page.locator(selector).evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    // The page begins below the browser's own bars, and the window has no other edge at its bottom.
    const originY = screenY + (outerHeight - innerHeight);
    return { x: Math.round(screenX + left + width / 2), y: Math.round(originY + top + height / 2) };
  });
}

function textOf(node) {
  if (node.nodeType === 3) return node.nodeValue;
  return (node.children ?? []).map(textOf).join(node.localName === "div" ? "\n" : "");
}

function* all(node) {
  yield node;
  const frame = node.contentDocument ? [node.contentDocument] : [];
  for (const child of [...frame, ...(node.shadowRoots ?? []), ...(node.children ?? [])]) yield* all(child);
}

/** The texts of the badges in the page. They are closed to the page; only the debugger sees into them. */
export async function badges(page) {
  const session = await page.context().newCDPSession(page);
  try {
    const { root } = await session.send("DOM.getDocument", { depth: -1, pierce: true });
    const cards = [...all(root)].filter(
      (node) => node.attributes?.includes("status") && node.attributes.includes("role"),
    );
    return cards.map((card) =>
      textOf(card)
        .replaceAll("\u00a0", " ")
        .split("\n")
        .map((line) => line.trim())
        .filter(Boolean)
        .join(" | "),
    );
  } finally {
    await session.detach();
  }
}

/** What the debugger's `command` says of the part of the page's badge that has this class. */
export async function inBadge(page, className, command) {
  const session = await page.context().newCDPSession(page);
  try {
    const { root } = await session.send("DOM.getDocument", { depth: -1, pierce: true });
    const part = [...all(root)].find(({ attributes }) => attributes?.[attributes.indexOf("class") + 1] === className);
    return await session.send(command, { backendNodeId: part.backendNodeId });
  } finally {
    await session.detach();
  }
}

/** Clicks, with the mouse, the part of the page's badge that says just this. */
export async function clickInBadge(page, words) {
  const session = await page.context().newCDPSession(page);
  const middle = () =>
    until(`"${words}" in the badge`, async () => {
      const { root } = await session.send("DOM.getDocument", { depth: -1, pierce: true });
      const { backendNodeId } = [...all(root)].find(
        (node) => ["button", "summary"].includes(node.localName) && textOf(node) === words,
      );
      await session.send("DOM.scrollIntoViewIfNeeded", { backendNodeId });
      const { model } = await session.send("DOM.getBoxModel", { backendNodeId });
      const [left, top, , , right, bottom] = model.border;
      return { x: (left + right) / 2, y: (top + bottom) / 2 };
    });
  try {
    // The badge moves to make room for what it has to say.
    let place = await middle();
    for (let last; last?.x !== place.x || last.y !== place.y;) {
      last = place;
      await pause(SETTLED_MS);
      place = await middle();
    }
    await page.mouse.click(place.x, place.y);
  } finally {
    await session.detach();
  }
}

/** Copies what the page's badge, whose reasons are open, tells, and calls it wrong; gives the form that this opens. */
export async function copyAndComplain({ context }, page) {
  await clickInBadge(page, "Copy as text");
  await clickInBadge(page, "Copied");
  const opened = context.waitForEvent("page");
  await clickInBadge(page, "This is wrong");
  return opened;
}

const WORKING = "Checking this face";

/** The text of the page's one badge once it tells an outcome. */
export async function answer(page, patience) {
  return until(
    "the badge's answer",
    async () => {
      const [text] = await badges(page);
      return text && !text.startsWith(WORKING) && text;
    },
    patience,
  );
}

/**
 * Chooses the extension's entry over a part of the page that `open` opens, until something shows that it was chosen: a badge,
 * if nothing else is said. Where a key was lost something else may be open now: each try has its own page.
 */
export async function choose(screen, open, selector, fromBelow, what = "a badge", seen = hasBadge) {
  let page = /** @type {any} */ (null);
  await again(
    async () => {
      // What was noticed late only would be an answer of a tab that nobody asks about.
      await page?.close();
      page = await open();
      const { x, y } = await onScreen(page, selector);
      await screen.chooseFromMenu(x, y, fromBelow);
    },
    () => until(what, () => seen(page), NOTICED_MS),
  );
  return page;
}

async function hasBadge(page) {
  return (await badges(page)).length > 0;
}

/** The text of the real popup over the page in front once it is as wanted; then does something in it. */
export async function popupText({ inBackground }, page, seen, then = "", patience = PATIENCE_MS) {
  await inBackground(async () => {
    const [popup] = await chrome.runtime.getContexts({ contextTypes: ["POPUP"] });
    if (!popup) await chrome.action.openPopup();
  });
  const session = await page.context().newCDPSession(page);
  try {
    return await until(
      "the popup's text",
      async () => {
        const { targetInfos } = await session.send("Target.getTargets");
        const target = targetInfos.find(({ url }) => url.endsWith("/popup.html"));
        const { sessionId } = await session.send("Target.attachToTarget", {
          targetId: target.targetId,
          flatten: false,
        });
        const reply = new Promise((done) =>
          session.once("Target.receivedMessageFromTarget", ({ message }) => done(JSON.parse(message))),
        );
        const expression = `{ const text = document.body.innerText; if (${seen}.test(text)) { ${then} } text }`;
        const message = { id: 1, method: "Runtime.evaluate", params: { expression, userGesture: true } };
        await session.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify(message) });
        const text = (await reply).result.result.value.replaceAll("\u00a0", " ");
        if (!seen.test(text)) throw new Error(`the popup says: ${text}`);
        return text;
      },
      patience,
    );
  } finally {
    await session.detach();
  }
}
