// For tests: pages with the structure of the real ones, with made-up people.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Site } from "./site";

/** The page src/sites/fixtures/NAME.html as if it lay at this address. */
export function fixture(name: string, address: string): Document {
  const html = readFileSync(join(import.meta.dirname, `../fixtures/${name}.html`), "utf8");
  return new DOMParser().parseFromString(html.replace("<head>", `<head><base href="${address}">`), "text/html");
}

/** Whom a site sees in a page at this address, and which picture it finds of them. */
export function foundIn(site: Site, name: string, address: string): string | null {
  const profile = site.match(new URL(address));
  return profile === null ? null : site.find(fixture(name, address), profile);
}

export function profiles(site: Site, addresses: readonly string[]): (string | null)[] {
  return addresses.map((address) => site.match(new URL(address)));
}
