/** Which pictures a page shows, and how large. Works on documents without a layout too, which have their attributes only. */

const XLINK = "http://www.w3.org/1999/xlink";

function resolved(address: string, document: Document): string | null {
  return URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI).href : null;
}

/** The address in a srcset that promises most pixels. */
export function largestInSrcset(srcset: string): string | null {
  let best: { address: string; size: number } | null = null;
  // Addresses may hold commas, so that only a comma before or after white space ends one.
  for (const [, address, descriptor] of srcset.matchAll(/\s*(\S*[^\s,])(?:\s+([\d.]+)[wx])?\s*(?:,\s|,$|$)/g)) {
    const size = Number(descriptor ?? 1);
    if (!best || size > best.size) best = { address, size };
  }
  return best?.address ?? null;
}

/** The addresses in a CSS value such as `url("a.png"), linear-gradient(...)`. */
export function cssAddresses(value: string): string[] {
  return [...value.matchAll(/url\((?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^)"']*))\)/g)].map(
    ([, double, single, bare]) => (double ?? single ?? bare).trim().replace(/\\(.)/g, "$1"),
  );
}

/** The largest version of the picture in an `<img>`, SVG `<image>` or CSS background that the element itself names. */
export function pictureAddress(element: Element): string | null {
  const { ownerDocument: document, localName } = element;
  let address: string | null | undefined;
  if (localName === "image") {
    address =
      element.getAttribute("href") ?? element.getAttributeNS(XLINK, "href") ?? element.getAttribute("xlink:href");
  } else if (localName === "img") {
    const chosen = element.parentElement?.localName === "picture" ? (element as HTMLImageElement).currentSrc : "";
    address = largestInSrcset(element.getAttribute("srcset") ?? "") ?? (chosen || element.getAttribute("src"));
  } else {
    const inline = (element as HTMLElement).style?.backgroundImage;
    const background = inline || document.defaultView?.getComputedStyle(element).backgroundImage;
    address = cssAddresses(background ?? "")[0];
  }
  return address ? resolved(address, document) : null;
}

/** In CSS pixels: as laid out, or else as the markup asks for. */
export function shownSide(element: Element): number {
  const { width, height } = element.getBoundingClientRect();
  if (width > 0 && height > 0) return Math.min(width, height);
  for (let at: Element | null = element; at && at.localName !== "body"; at = at.parentElement) {
    const size = parseFloat((at as HTMLElement).style?.width || at.getAttribute("width") || "");
    if (size > 0) return size;
    if (at !== element && at.localName !== "g" && at.localName !== "mask") break;
  }
  return 0;
}

/** The first picture that one of the selectors finds and that passes, in the selectors' order. */
export function firstPicture(
  root: ParentNode,
  selectors: readonly string[],
  passes: (address: string) => boolean,
): string | null {
  for (const selector of selectors) {
    for (const element of root.querySelectorAll(selector)) {
      const address = pictureAddress(element);
      if (address && passes(address)) return address;
    }
  }
  return null;
}

/** The largest picture that passes; null when another person's is shown just as large. */
export function largestPicture(
  root: ParentNode,
  selector: string,
  passes: (address: string, element: Element) => boolean,
): string | null {
  let best: { address: string; side: number; shared: boolean } | null = null;
  for (const element of root.querySelectorAll(selector)) {
    const address = pictureAddress(element);
    if (!address || !passes(address, element)) continue;
    const side = shownSide(element);
    if (!best || side > best.side) best = { address, side, shared: false };
    else if (side === best.side && !samePicture(address, best.address)) best.shared = true;
  }
  return best && !best.shared ? best.address : null;
}

/** Whether two addresses lead to one picture in two sizes: sizes and signatures stand in queries and in parts of names. */
export function samePicture(a: string, b: string): boolean {
  return pictureName(a) === pictureName(b);
}

function pictureName(address: string): string {
  const { hostname, pathname } = new URL(address);
  const parts = pathname
    .split("/")
    .map((part) => part.replace(/[_-](?:\d+x\d+|mini|normal|bigger|small|medium|large)(?=\.|$)/g, ""));
  return `${hostname}${parts.filter((part) => !/^(?:w_|h_|s\d|\d+x\d+|resize:|fit)/.test(part)).join("/")}`;
}

/** Parts of pages that show people other than the one the page is about: the reader's own picture, comments, suggestions. */
const OTHERS =
  "nav, aside, article, footer, [role=navigation], [role=banner], [role=article], [role=feed], [role=complementary]";

export function amongOthers(element: Element): boolean {
  return element.closest(OTHERS) !== null;
}
