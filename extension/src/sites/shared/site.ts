/** What the extension knows of one site. Everything in here is pure: it reads the page and changes nothing. */
export interface Site {
  readonly name: string;
  /** Match patterns. One prompt of the browser asks for both: the pages', and those of the hosts that keep their pictures. */
  readonly origins: { readonly pages: readonly string[]; readonly pictures: readonly string[] };
  /** For software that anybody may run under any name: whether it made this page. */
  runs?(document: Document): boolean;
  /**
   * Who a page is about, the same for every address that is about the same person, and null for a page that is no
   * profile. Empty where the address names nobody (cards that are swiped): then the picture itself is the person.
   */
  match(url: URL): string | null;
  /** The address of that person's picture as the page shows it, the largest one it holds; null while there is none. */
  find(document: Document, profile: string): string | null;
  /** The address of the largest version that can be had without asking the site's programming interface. */
  larger(address: string): string;
  /** Whether the site shows this picture for people who have none. */
  isPlaceholder(address: string): boolean;
}

/** For sites whose addresses are signed: another size would be refused. */
export const asItIs = (address: string): string => address;

/** The path's first segment, unless it is one of the site's own words. */
export function firstSegment(url: URL, reserved: ReadonlySet<string>, rest = /^(\/.*)?$/): string | null {
  const [, name, after] = /^\/([^/]+)(.*)$/.exec(url.pathname) ?? [];
  if (!name || !rest.test(after) || reserved.has(name.toLowerCase())) return null;
  return name.toLowerCase();
}

export function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
