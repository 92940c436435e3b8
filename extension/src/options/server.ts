import { say } from "../presentation/messages";
import { byId } from "../shared/dom";
import { addressOf, DEFAULT_ADDRESS, isOwnMachine, isToken } from "../shared/server-address";
import { server, setServer, type ServerPlace } from "../shared/storage";

const address = byId("address", HTMLInputElement);
const token = byId("token", HTMLInputElement);
const state = byId("state", HTMLElement);
const elsewhere = byId("elsewhere", HTMLElement);

/** What Firefox asks a person about data that leave the machine; other browsers know no such question. */
type Wanted = chrome.permissions.Permissions & { data_collection?: string[] };

const ASKS_ABOUT_DATA = "browser_specific_settings" in chrome.runtime.getManifest();

/** Asks the browser at once, while the click still counts as the person's wish; no prompt where all is granted already. */
async function take(place: ServerPlace): Promise<void> {
  const { protocol, hostname } = new URL(place.address);
  const wanted: Wanted = { origins: [`${protocol}//${hostname}/*`] };
  if (ASKS_ABOUT_DATA && !isOwnMachine(place.address)) wanted.data_collection = ["websiteContent"];
  const allowed = await chrome.permissions.request(wanted).catch(() => false);
  if (!allowed) {
    state.textContent = say("address_not_allowed");
    return;
  }
  await setServer(place);
  await showServer();
  state.textContent = say("address_saved", place.address);
}

/** Pictures leave the machine only after the person has read where to and agreed. */
function save(typed: string, given: string): void {
  elsewhere.hidden = true;
  const found = addressOf(typed);
  if (!found) {
    state.textContent = say("address_refused", DEFAULT_ADDRESS);
    return;
  }
  const place = { address: found, token: given.trim() };
  if (isOwnMachine(found) && (place.token === "" || isToken(place.token))) {
    void take(place);
    return;
  }
  if (!isToken(place.token)) {
    state.textContent = say("token_needed");
    return;
  }
  state.textContent = "";
  byId("elsewhere-warning", HTMLElement).textContent = say("elsewhere_warning", new URL(found).host);
  byId("elsewhere-agree", HTMLButtonElement).onclick = () => {
    elsewhere.hidden = true;
    void take(place);
  };
  elsewhere.hidden = false;
}

export async function showServer(): Promise<void> {
  const place = await server();
  address.value = place.address;
  token.value = place.token;
}

export function listenToServerForm(): void {
  byId("server", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    save(address.value, token.value);
  });
  byId("default", HTMLButtonElement).addEventListener("click", () => save(DEFAULT_ADDRESS, ""));
}
