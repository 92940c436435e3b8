import { until } from "./wait.mjs";

/** Opens a page of the extension; gives what asks, from there, the document in which Chromium runs the browser's own network. */
export async function openOffscreen(browser) {
  const page = await browser.page();
  await page.goto(`chrome-extension://${browser.id}/options.html`);
  const open = () =>
    page.evaluate(() =>
      chrome.offscreen.createDocument({ url: "offscreen.html", reasons: ["BLOBS"], justification: "Test" }),
    );
  // The first page of a new extension has perhaps opened it, and there may be one only.
  await open().catch((error) => {
    if (!String(error).includes("Only a single offscreen document")) throw error;
  });
  await until("the offscreen document", () =>
    page.evaluate(() => chrome.runtime.sendMessage({ to: "offscreen-there" })),
  );
  /** The reply to the bytes of a picture. */
  return (bytes) =>
    page.evaluate(
      (picture) => chrome.runtime.sendMessage({ to: "offscreen", picture, sensitivity: "usual" }),
      `data:;base64,${bytes.toString("base64")}`,
    );
}
