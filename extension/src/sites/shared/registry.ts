import every from "every-site";
import generic from "../generic";
import type { Site } from "./site";

/** Whether a match pattern of the form `scheme://host/*` covers an address; `*.` in front of the host covers itself too. */
export function covers(pattern: string, url: URL): boolean {
  const [, scheme, host] = /^(\*|https?):\/\/([^/]+)\/\*$/.exec(pattern) ?? [];
  if (!host || (scheme !== "*" && `${scheme}:` !== url.protocol)) return false;
  if (host === "*") return true;
  const bare = host.replace(/^\*\./, "");
  return url.hostname === bare || (host !== bare && url.hostname.endsWith(`.${bare}`));
}

/** The site whose pages lie under this host, if we know it by name. */
export function namedSite(url: URL): Site | null {
  return every.find((site) => site.origins.pages.some((pattern) => covers(pattern, url))) ?? null;
}

/** Whose rules a page follows. */
export function siteOf(url: URL, document: Document): Site {
  return namedSite(url) ?? every.find((site) => site.runs?.(document)) ?? generic;
}

/** What a person switches on: the pages' match patterns and those of their pictures. */
export interface Origins {
  pages: readonly string[];
  pictures: readonly string[];
}

/** The origins of a page's site. Of one that is not known by name: the page's host with all below it, and its picture's. */
export function originsOf(url: URL, picture: string | null): Origins {
  const named = namedSite(url);
  if (named) return named.origins;
  const pictures = [`${url.protocol}//*.${url.hostname}/*`];
  if (picture && URL.canParse(picture)) {
    const { protocol, hostname } = new URL(picture);
    const pattern = `${protocol}//${hostname}/*`;
    if (/^https?:$/.test(protocol) && !covers(pictures[0], new URL(picture))) pictures.push(pattern);
  }
  return { pages: [`${url.protocol}//${url.hostname}/*`], pictures };
}
