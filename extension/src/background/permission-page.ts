/** Opens the page that asks whether a picture's host may be read; browsers let nobody ask but a page after a click in it. */
export async function openPermissionPage(check: string, tabId: number): Promise<void> {
  const url = chrome.runtime.getURL(`permission.html?check=${check}`);
  // Firefox's question does not appear in windows without a bar for addresses.
  if ("browser" in globalThis && !("offscreen" in chrome)) {
    await chrome.tabs.create({ url, openerTabId: tabId });
    return;
  }
  await chrome.windows.create({ url, type: "popup", width: 480, height: 340 });
}
