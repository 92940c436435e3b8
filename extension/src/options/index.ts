import { byId, made } from "../shared/dom";
import { DEFAULT_ADDRESS, ownMachineAddress } from "../shared/server-address";
import { showSites } from "./sites";
import { serverAddress, setServerAddress } from "../shared/storage";

const address = byId("address", HTMLInputElement);
const state = byId("state", HTMLElement);
const hosts = byId("hosts", HTMLElement);

/** What the manifest grants cannot be taken back, so it is not listed. */
const GRANTED = (chrome.runtime.getManifest() as chrome.runtime.ManifestV3).host_permissions ?? [];

/** As "Allow for all sites" asks for them, and as browsers may put them together. */
const ALL_SITES = ["http://*/*", "https://*/*", "*://*/*", "<all_urls>"];

async function save(typed: string): Promise<void> {
  const own = ownMachineAddress(typed);
  if (!own) {
    state.textContent = "Not saved: give an address of this machine, such as http://127.0.0.1:8765.";
    return;
  }
  const origins = [`http://${new URL(own).hostname}/*`];
  // Asked for at once, while the click still counts as the person's wish; no prompt where it is granted already.
  if (!(await chrome.permissions.request({ origins }))) {
    state.textContent = "Not saved: without permission the extension cannot reach this address.";
    return;
  }
  await setServerAddress(own);
  address.value = own;
  state.textContent = `Saved. Pictures are checked by the server at ${own}.`;
}

async function showHosts(): Promise<void> {
  const { origins = [] } = await chrome.permissions.getAll();
  const optional = origins.filter((origin) => !GRANTED.includes(origin));
  const everywhere = optional.filter((origin) => ALL_SITES.includes(origin));
  const named = new Map(optional.filter((origin) => !everywhere.includes(origin)).map((origin) => [origin, [origin]]));
  if (everywhere.length > 0) named.set("All sites", everywhere);
  const rows = [...named].map(([name, patterns]) => {
    const row = made("li", name);
    const remove = made("button", "Take back");
    remove.setAttribute("aria-label", `Take back: ${name}`);
    remove.addEventListener("click", () => void chrome.permissions.remove({ origins: patterns }));
    row.append(remove);
    return row;
  });
  hosts.replaceChildren(...(rows.length > 0 ? rows : [made("li", "None yet.", "quiet")]));
}

byId("server", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  void save(address.value);
});
byId("default", HTMLButtonElement).addEventListener("click", () => void save(DEFAULT_ADDRESS));
const showAllSites = (): void => void showSites(byId("sites", HTMLElement), byId("sites-state", HTMLElement));
chrome.storage.local.onChanged.addListener(showAllSites);
showAllSites();
chrome.permissions.onAdded.addListener(() => void showHosts());
chrome.permissions.onRemoved.addListener(() => void showHosts());
void serverAddress().then((own) => (address.value = own));
void showHosts();
