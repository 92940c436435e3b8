import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";
import { FIREFOX_ID } from "../../../extension/targets.mjs";
import { leftOut } from "./left-out.mjs";
import { PATIENCE_MS, until } from "./wait.mjs";

const EXTENSION = fileURLToPath(new URL("../../../extension/dist/firefox", import.meta.url));
// Firefox makes one up for every installation unless it is told one.
const ORIGIN = "4b1f6c1e-6a52-4a43-9c0e-3f6a2d5f7b11";

const FIREFOX = [process.env.FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"].find(
  (path) => path && existsSync(path),
);

/** Why tests in Firefox are left out, or false. */
export function noFirefox() {
  return leftOut(!FIREFOX, "there is no Firefox: apt install firefox-esr, or FIREFOX=/path/to/firefox");
}

/** Firefox without a window, with the built add-on installed for as long as it runs. `preferences` as in about:config. */
export async function openFirefox(preferences = {}) {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: FIREFOX,
    headless: true,
    // Pages of extensions are closed to remote control otherwise.
    args: ["--remote-allow-system-access"],
    protocolTimeout: 2 * PATIENCE_MS,
    extraPrefsFirefox: { "extensions.webextensions.uuids": JSON.stringify({ [FIREFOX_ID]: ORIGIN }), ...preferences },
  });
  try {
    await browser.installExtension(EXTENSION);
  } catch (error) {
    await browser.close();
    throw error;
  }
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
    close: () => browser.close(),
  };
}
