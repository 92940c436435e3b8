import { say } from "../presentation/messages";
import { byId } from "../shared/dom";
import type { ToBackground } from "../shared/messages";
import { fillPage } from "../shared/language";
import { pendingCheck } from "../shared/storage";

// A page of the extension's own, because browsers grant permissions only to a click in one, and no page can fake it.
const check = new URLSearchParams(location.search).get("check") ?? "";
const state = byId("state", HTMLElement);

async function goOn(allowed: boolean): Promise<void> {
  const message: ToBackground = { to: "background", type: "resume", check, allowed };
  await chrome.runtime.sendMessage(message);
  close();
}

async function allow(origins: string[]): Promise<void> {
  if (await chrome.permissions.request({ origins })) await goOn(true);
  else state.textContent = say("permission_refused");
}

async function start(): Promise<void> {
  await fillPage();
  document.title = say("permission_question");
  const place = await pendingCheck(check);
  if (!place) {
    close();
    return;
  }
  const url = new URL(place.src);
  const origin = `${url.protocol}//${url.hostname}/*`;
  byId("why", HTMLElement).textContent = say("permission_why", url.hostname);
  byId("allow", HTMLButtonElement).addEventListener("click", () => void allow([origin]));
  byId("everywhere", HTMLButtonElement).addEventListener("click", () => void allow(["http://*/*", "https://*/*"]));
  byId("no", HTMLButtonElement).addEventListener("click", () => void goOn(false));
}

void start();
