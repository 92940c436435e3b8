import every from "every-site";
import { made, refill } from "../shared/dom";
import { say } from "../presentation/messages";
import { unwatchSite, watchSites } from "../shared/watch-switch";
import { watchedSites, type WatchedSite } from "../shared/watched-sites";
import type { Origins } from "../sites/shared/registry";

function row(name: string, origins: Origins, on: boolean, state: HTMLElement): HTMLElement {
  const item = made("li");
  const label = made("label", "", "switch");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = on;
  box.addEventListener("change", () => {
    if (!box.checked) {
      void unwatchSite(origins);
      return;
    }
    void watchSites([{ name, ...origins }]).then((watched) => {
      box.checked = watched;
      state.textContent = watched ? "" : say("watch_refused");
    });
  });
  label.append(box, made("span", name));
  item.append(label);
  return item;
}

/** Offers to switch on sites that a file of settings names; the browser's question needs a click. */
export function offerSites(place: HTMLElement, sites: readonly WatchedSite[], state: HTMLElement): void {
  place.replaceChildren();
  if (sites.length === 0) return;
  const button = made("button", say("sites_switch_on"));
  button.addEventListener("click", () => {
    void watchSites(sites).then((watched) => {
      place.replaceChildren();
      state.textContent = watched ? "" : say("watch_refused");
    });
  });
  place.append(made("p", say("sites_in_file", sites.map(({ name }) => name).join(", "))), button);
}

/** One switch for each site that is known, and for each other one that the person has switched on. */
export async function showSites(list: HTMLElement, state: HTMLElement): Promise<void> {
  const watched = await watchedSites();
  const isOn = ({ pages }: Origins): boolean => watched.some((site) => site.pages.join() === pages.join());
  const known = [...every].sort((a, b) => a.name.localeCompare(b.name));
  const others = watched.filter((site) => !known.some(({ origins }) => origins.pages.join() === site.pages.join()));
  refill(
    list,
    ...known.map(({ name, origins }) => row(name, origins, isOn(origins), state)),
    ...others.map((site) => row(site.name, { pages: site.pages, pictures: site.pictures }, true, state)),
  );
}
