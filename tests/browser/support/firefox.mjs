import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";
import { FIREFOX_ID } from "../../../extension/targets.mjs";
import { leftOut } from "./left-out.mjs";
import { again, PATIENCE_MS, until } from "./wait.mjs";

const EXTENSION = fileURLToPath(new URL("../../../extension/dist/firefox", import.meta.url));
// Firefox makes one up for every installation unless it is told one.
const ORIGIN = "4b1f6c1e-6a52-4a43-9c0e-3f6a2d5f7b11";

const MENU_ENTRY = `#${FIREFOX_ID.replaceAll(/[{}]/g, "_")}-menuitem-_check-this-face`;
const QUESTION = "#addon-webext-permissions-notification";
// How long a menu, a question or a popup may take to come before the click or the key is taken for lost.
const HEEDED_MS = 5_000;
const TRIES = 6;

const FIREFOX = [process.env.FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"].find(
  (path) => path && existsSync(path),
);

/** Why tests in Firefox are left out, or false. */
export function noFirefox() {
  return leftOut(!FIREFOX, "there is no Firefox: apt install firefox-esr, or FIREFOX=/path/to/firefox");
}

/**
 * Firefox with the built add-on installed for as long as it runs, without a window or on a screen (screen.mjs), where it can be used as a
 * person does. `preferences` as in about:config.
 * @param {Record<string, unknown>} [preferences]
 * @param {Awaited<ReturnType<typeof import("./screen.mjs").openScreen>>} [screen]
 */
export async function openFirefox(preferences = {}, screen) {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: FIREFOX,
    headless: !screen,
    defaultViewport: null,
    ...(screen && { env: { ...process.env, DISPLAY: screen.display } }),
    // Pages of extensions and the browser's own window are closed to remote control otherwise.
    args: ["--remote-allow-system-access"],
    protocolTimeout: 2 * PATIENCE_MS,
    extraPrefsFirefox: { "extensions.webextensions.uuids": JSON.stringify({ [FIREFOX_ID]: ORIGIN }), ...preferences },
  });
  try {
    await browser.installExtension(EXTENSION);
    // Without a window manager the keyboard goes to whatever lies under the pointer, and Firefox closes a menu that takes it away.
    if (screen)
      await screen.xdotool("windowfocus", await screen.xdotool("search", "--onlyvisible", "--class", "firefox"));
  } catch (error) {
    await browser.close();
    throw error;
  }
  const { connection } = /** @type {any} */ (browser);

  /** What `work` gives in the browser's own window, which holds its menus and questions. */
  async function inWindow(work, ...words) {
    const { result: tree } = await connection.send("browsingContext.getTree", { "moz:scope": "chrome", maxDepth: 0 });
    const { result } = await connection.send("script.evaluate", {
      expression: `JSON.stringify((${work})(...${JSON.stringify(words)}) ?? null)`,
      awaitPromise: false,
      target: { context: tree.contexts[0].context },
    });
    if (result.type !== "success") throw new Error(result.exceptionDetails.text);
    return JSON.parse(result.result.value);
  }

  /** Where a part of the browser's own window lies on the screen; null while it is not drawn. */
  const partAt = (selector) =>
    inWindow((selector) => {
      /** @type {any} */
      const part = document.querySelector(selector);
      const { width, height } = part?.getBoundingClientRect() ?? {};
      return width && height ? { x: part.screenX + width / 2, y: part.screenY + height / 2 } : null;
    }, selector);

  const point = ({ x, y }) => screen?.xdotool("mousemove", String(Math.round(x)), String(Math.round(y)));
  const click = async (place, button = 1) => {
    await point(place);
    await screen?.xdotool("click", String(button));
  };

  const drawn = (what, selector) => until(what, () => partAt(selector), HEEDED_MS);
  const gone = (what, selector) => until(`${what} to close`, async () => !(await partAt(selector)), HEEDED_MS);

  /** What gives the point on the screen in the middle of an element of `view`, where that is known. */
  const inView = (view, selector) => `{
    const element = ${view}.document.querySelector(${JSON.stringify(selector)});
    element.scrollIntoView({ block: "nearest" });
    const { left, top, width, height } = element.getBoundingClientRect();
    ({ x: ${view}.mozInnerScreenX + left + width / 2, y: ${view}.mozInnerScreenY + top + height / 2 });
  }`;

  return {
    /** Any other page, in front. */
    async visit(url) {
      const page = await browser.newPage();
      await page.goto(url);
      await page.bringToFront();
      return page;
    },
    /** A page of the extension, which may use its programming interfaces. */
    async page(name) {
      const page = await browser.newPage();
      const url = `moz-extension://${ORIGIN}/${name}`;
      // Firefox goes there, but does not report that it has arrived.
      page.goto(url).catch(() => undefined);
      await until(name, () => page.evaluate((url) => location.href === url && document.readyState === "complete", url));
      return page;
    },
    /** A page of the extension that it has opened itself. */
    opened: (name) =>
      until(name, async () => {
        for (const page of await browser.pages()) {
          // Firefox reports of pages of extensions neither where they are nor that they were closed.
          const address = await page.evaluate(() => location.href).catch(() => "");
          if (address.includes(`${ORIGIN}/${name}`)) return page;
        }
        return null;
      }),
    /** Right-clicks an element and chooses the add-on's entry in the browser's menu. */
    async chooseFromMenu(page, selector) {
      const choose = async () => {
        await click(await page.evaluate(inView("window", selector)), 3);
        await point(await drawn("the entry in the menu", MENU_ENTRY));
        await drawn("the entry to be the one pointed at", `${MENU_ENTRY}[_moz-menuactive]`);
        await screen?.xdotool("click", "1");
      };
      await again(choose, () => gone("the menu", MENU_ENTRY), TRIES);
    },
    /** What the add-on's entry is called in the menu of a right-click on an element, once it is called so. */
    async menuOffers(page, selector, wanted) {
      const named = () => inWindow((entry) => document.querySelector(entry)?.getAttribute("label"), MENU_ENTRY);
      const open = async () => {
        await click(await page.evaluate(inView("window", selector)), 3);
        await drawn("the entry in the menu", MENU_ENTRY);
      };
      await again(open, () => until(wanted, async () => (await named()) === wanted, HEEDED_MS), TRIES);
      await again(
        () => screen?.xdotool("key", "Escape"),
        () => gone("the menu", MENU_ENTRY),
        TRIES,
      );
    },
    /** Answers the browser's own question for permissions. */
    async answerQuestion(allow) {
      const button = `${QUESTION} .popup-notification-${allow ? "primary" : "secondary"}-button`;
      // It takes no click in its first moments.
      const press = async () => click(await drawn("the browser's question", button));
      await again(press, () => gone("the browser's question", button), TRIES);
    },
    /**
     * The toolbar's popup over the page in front, opened by its key. `options`: a page of the extension, which sees into it.
     */
    async openPopup(options) {
      const isOpen = () => options.evaluate(() => chrome.extension.getViews({ type: "popup" }).length > 0);
      await again(
        () => screen?.xdotool("key", "alt+shift+k"),
        () => until("the popup", isOpen, HEEDED_MS),
        TRIES,
      );
      return {
        says: (text) =>
          until(`the popup to say ${text}`, async () => {
            const said = await options.evaluate(
              () => chrome.extension.getViews({ type: "popup" })[0].document.body.innerText,
            );
            if (!text.test(said.replaceAll("\u00a0", " "))) throw new Error(`the popup says: ${said}`);
            return true;
          }),
        async click(selector) {
          const place = () => options.evaluate(inView(`chrome.extension.getViews({ type: "popup" })[0]`, selector));
          await click(await until(selector, place));
        },
        close: () =>
          again(
            () => screen?.xdotool("key", "Escape"),
            () => until("the popup to close", async () => !(await isOpen()), HEEDED_MS),
            TRIES,
          ),
      };
    },
    close: () => browser.close(),
  };
}
