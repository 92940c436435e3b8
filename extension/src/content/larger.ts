import { namedSite } from "../sites/shared/registry";
import { largestInSrcset } from "../sites/shared/shown";
import type { Target } from "./find-picture";

const PICTURE_FILE = /\.(?:jpe?g|png|webp|avif|gif|bmp)$/i;

/** Addresses of larger versions of a picture that the page itself knows of, the most promising first. */
export function largerVersions({ element, src }: Target): string[] {
  const found: (string | null)[] = [];
  const link = element.closest<HTMLAnchorElement>("a[href]")?.href;
  if (link && URL.canParse(link) && PICTURE_FILE.test(new URL(link).pathname)) found.push(link);
  const site = namedSite(new URL(location.href));
  if (site && src && URL.canParse(src)) found.push(site.larger(src));
  for (const source of [element, ...(element.closest("picture")?.querySelectorAll("source") ?? [])]) {
    found.push(largestInSrcset(source.getAttribute("srcset") ?? ""));
  }
  const full = found.flatMap((address) =>
    address && URL.canParse(address, document.baseURI) ? [new URL(address, document.baseURI).href] : [],
  );
  return [...new Set(full)].filter((address) => address !== src);
}
