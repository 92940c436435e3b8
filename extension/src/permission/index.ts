import { byId } from "../shared/dom";
import type { ToBackground } from "../shared/messages";
import { pendingPlace } from "../shared/storage";

// A page of the extension's own, because browsers grant permissions only to a click in one, and no page can fake it.
const check = new URLSearchParams(location.search).get("check") ?? "";
const state = byId("state", HTMLElement);

async function allow(origins: string[]): Promise<void> {
  if (!(await chrome.permissions.request({ origins }))) {
    state.textContent = "Not allowed: this picture cannot be checked.";
    return;
  }
  const message: ToBackground = { to: "background", type: "resume", check };
  await chrome.runtime.sendMessage(message);
  close();
}

async function start(): Promise<void> {
  const place = await pendingPlace(check);
  if (!place) {
    close();
    return;
  }
  const url = new URL(place.src);
  const origin = `${url.protocol}//${url.hostname}/*`;
  byId("host", HTMLElement).textContent = url.hostname;
  byId("allow", HTMLButtonElement).addEventListener("click", () => void allow([origin]));
  byId("everywhere", HTMLButtonElement).addEventListener("click", () => void allow(["http://*/*", "https://*/*"]));
  byId("no", HTMLButtonElement).addEventListener("click", () => close());
}

void start();
