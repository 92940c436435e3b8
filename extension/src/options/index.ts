import { say } from "../presentation/messages";
import { byId, made, refill } from "../shared/dom";
import { chooseLanguage, chosenLanguage, fillPage, LANGUAGES, onLanguage } from "../shared/language";
import { answerOrder, heatMapsShown, ORDERS, setAnswerOrder, showHeatMaps } from "../shared/storage";
import { listenToServerForm, showServer } from "./server";
import { readSettings, settings } from "./settings";
import { showSensitivities } from "./sensitivity";
import { offerSites, showSites } from "./sites";

const hosts = byId("hosts", HTMLElement);
const heat = byId("heat", HTMLInputElement);

/** What the manifest grants cannot be taken back, so it is not listed. */
const GRANTED = (chrome.runtime.getManifest() as chrome.runtime.ManifestV3).host_permissions ?? [];

/** As "Allow for all sites" asks for them, and as browsers may put them together. */
const ALL_SITES = ["http://*/*", "https://*/*", "*://*/*", "<all_urls>"];

async function showHosts(): Promise<void> {
  const { origins = [] } = await chrome.permissions.getAll();
  const optional = origins.filter((origin) => !GRANTED.includes(origin));
  const everywhere = optional.filter((origin) => ALL_SITES.includes(origin));
  const named = new Map(optional.filter((origin) => !everywhere.includes(origin)).map((origin) => [origin, [origin]]));
  if (everywhere.length > 0) named.set(say("hosts_all"), everywhere);
  const rows = [...named].map(([name, patterns]) => {
    const row = made("li", name);
    const remove = made("button", say("take_back"));
    remove.setAttribute("aria-label", say("take_back_label", name));
    remove.addEventListener("click", () => void chrome.permissions.remove({ origins: patterns }));
    row.append(remove);
    return row;
  });
  refill(hosts, ...(rows.length > 0 ? rows : [made("li", say("hosts_none"), "quiet")]));
}

async function showOrder(): Promise<void> {
  const chosen = await answerOrder();
  const choices = ORDERS.map((order) => {
    const choice = document.createElement("input");
    choice.type = "radio";
    choice.name = "order";
    choice.checked = order === chosen;
    choice.addEventListener("change", () => void setAnswerOrder(order));
    const label = made("label", "", "switch");
    label.append(choice, made("span", say(`order_${order}`)));
    return label;
  });
  refill(byId("order", HTMLElement), ...choices);
}

async function showLanguages(): Promise<void> {
  const list = byId("language", HTMLSelectElement);
  const chosen = await chosenLanguage();
  const choice = (value: string, name: string): HTMLOptionElement => new Option(name, value, false, value === chosen);
  const named = Object.entries(LANGUAGES).map(([tag, name]) => {
    const option = choice(tag, name);
    option.lang = tag;
    return option;
  });
  list.replaceChildren(choice("", say("language_browser")), ...named);
}

async function show(): Promise<void> {
  await fillPage();
  document.title = `${say("options")} – ${say("name")}`;
  await showServer();
  heat.checked = await heatMapsShown();
  const sensitivities = showSensitivities(byId("sensitivity", HTMLElement));
  await Promise.all([sensitivities, showHosts(), showOrder(), showLanguages(), showAllSites()]);
}

async function exportSettings(): Promise<void> {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(await settings(), null, 2)], { type: "application/json" }));
  link.download = "check-this-face.json";
  link.click();
  URL.revokeObjectURL(link.href);
}

async function importSettings(file: File): Promise<void> {
  const read = await readSettings(await file.text());
  await show();
  byId("settings-state", HTMLElement).textContent = say(read ? "settings_read" : "settings_wrong");
  offerSites(byId("settings-sites", HTMLElement), read?.sites ?? [], byId("sites-state", HTMLElement));
}

const showAllSites = (): Promise<void> => showSites(byId("sites", HTMLElement), byId("sites-state", HTMLElement));

listenToServerForm();
heat.addEventListener("change", () => void showHeatMaps(heat.checked));
byId("language", HTMLSelectElement).addEventListener("change", ({ currentTarget }) => {
  void chooseLanguage((currentTarget as HTMLSelectElement).value || null);
});
byId("export", HTMLButtonElement).addEventListener("click", () => void exportSettings());
byId("import", HTMLInputElement).addEventListener("change", ({ currentTarget }) => {
  const input = currentTarget as HTMLInputElement;
  const [file] = input.files ?? [];
  input.value = ""; // the same file may be chosen again
  if (file) void importSettings(file);
});
chrome.storage.local.onChanged.addListener(() => void showAllSites());
chrome.permissions.onAdded.addListener(() => void showHosts());
chrome.permissions.onRemoved.addListener(() => void showHosts());
onLanguage(() => void show());
void show();
