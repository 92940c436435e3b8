import { cssAddresses, pictureAddress } from "../sites/shared/shown";

/** What shows a picture in the page. */
export interface Target {
  element: Element;
  /** The picture's address; empty where it has none, only pixels (a canvas, a video's frame, another site's frame). */
  src: string;
}

// Smaller ones are signs and spacers, no faces.
const SMALLEST_SHOWN = 24;

// Transparent pictures of a pixel or two are stretched over the real one to keep it from being saved.
const SPACER = 2;

const STYLES = ["backgroundImage", "content", "borderImageSource", "maskImage", "listStyleImage"] as const;

function resolved(address: string, { baseURI }: Element): string {
  return URL.canParse(address, baseURI) ? new URL(address, baseURI).href : "";
}

/** The part of the window that an element fills, also where it lies in a frame of the page's own site. */
export function boxInWindow(element: Element): DOMRect {
  const box = element.getBoundingClientRect();
  let { x, y } = box;
  for (let view = element.ownerDocument.defaultView; view && view !== window; view = view.parent as typeof view) {
    const frame = view.frameElement;
    if (!frame) break;
    const { left, top } = frame.getBoundingClientRect();
    x += left + frame.clientLeft;
    y += top + frame.clientTop;
  }
  return new DOMRect(x, y, box.width, box.height);
}

export function visibleArea(element: Element): number {
  const { left, right, top, bottom } = boxInWindow(element);
  const width = Math.min(right, innerWidth) - Math.max(left, 0);
  const height = Math.min(bottom, innerHeight) - Math.max(top, 0);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Closed ones too: extensions may look into them. */
function shadowOf(element: Element): ShadowRoot | null {
  if (!(element instanceof HTMLElement)) return null;
  if (typeof chrome.dom?.openOrClosedShadowRoot === "function") return chrome.dom.openOrClosedShadowRoot(element);
  return (element as { openOrClosedShadowRoot?: ShadowRoot }).openOrClosedShadowRoot ?? element.shadowRoot;
}

function innerDocument(element: Element): Document | null {
  try {
    return element.localName === "iframe" ? (element as HTMLIFrameElement).contentDocument : null;
  } catch {
    return null;
  }
}

/** Every element, those in shadow roots included; frames have scripts of their own. */
export function* allElements(root: ParentNode): Generator<Element> {
  for (const element of root.querySelectorAll("*")) {
    yield element;
    const shadow = shadowOf(element);
    if (shadow) yield* allElements(shadow);
  }
}

/** A video that has not begun shows its poster. */
function posterOf(video: HTMLVideoElement): string {
  const begun = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && (!video.paused || video.currentTime > 0);
  return begun || !video.poster ? "" : video.poster;
}

function styledAddress(element: Element): string {
  for (const pseudo of [null, "::before", "::after"]) {
    const style = getComputedStyle(element, pseudo);
    if (pseudo && style.content === "none") continue;
    for (const property of STYLES) {
      const [address] = cssAddresses(style[property]);
      if (address) return resolved(address, element);
    }
  }
  return "";
}

/** The picture that an element itself shows, by whatever means; null if it shows none. */
export function targetOf(element: Element): Target | null {
  switch (element.localName) {
    case "img": {
      const { currentSrc, src, naturalWidth, naturalHeight, complete } = element as HTMLImageElement;
      const spacer = complete && naturalWidth > 0 && naturalWidth <= SPACER && naturalHeight <= SPACER;
      const address = currentSrc || src;
      if (address && !spacer) return { element, src: address };
      break;
    }
    case "input": {
      const { type, src } = element as HTMLInputElement;
      if (type === "image" && src) return { element, src };
      break;
    }
    case "image": {
      const address = pictureAddress(element);
      if (address) return { element, src: address };
      break;
    }
    case "video":
      return { element, src: posterOf(element as HTMLVideoElement) };
    case "canvas": {
      const { width, height } = element as HTMLCanvasElement;
      if (width > 0 && height > 0) return { element, src: "" };
      break;
    }
  }
  const src = styledAddress(element);
  return src ? { element, src } : null;
}

/** What an element shows now, to be compared with what it showed before. */
export function sourceOf(element: Element): string {
  // A video's picture changes all the time, its film does not.
  if (element.localName === "video") return (element as HTMLVideoElement).currentSrc;
  return targetOf(element)?.src ?? "";
}

/** The elements at a point, topmost first, through shadow roots and the frames of the page's own site. */
function* stack(root: Document | ShadowRoot, x: number, y: number, seen = new Set<Element>()): Generator<Element> {
  for (const element of root.elementsFromPoint(x, y)) {
    if (seen.has(element)) continue;
    seen.add(element);
    const inner = innerDocument(element);
    if (inner) {
      const { left, top } = element.getBoundingClientRect();
      yield* stack(inner, x - left - element.clientLeft, y - top - element.clientTop, seen);
    }
    const shadow = shadowOf(element);
    if (shadow) yield* stack(shadow, x, y, seen);
    yield element;
  }
}

function isLargeEnough({ element }: Target): boolean {
  const { width, height } = element.getBoundingClientRect();
  return width >= SMALLEST_SHOWN && height >= SMALLEST_SHOWN;
}

/** A frame of another site can be photographed from outside only. */
function frameTarget(element: Element): Target | null {
  return ["iframe", "object", "embed"].includes(element.localName) && !innerDocument(element)
    ? { element, src: "" }
    : null;
}

function isPage(element: Element): boolean {
  return element.localName === "html" || element.localName === "body";
}

/** The picture at a point of the window, whatever lies over it. */
export function targetAt(x: number, y: number, ignored?: Element): Target | null {
  const elements = [...stack(document, x, y)].filter((element) => element !== ignored);
  let background: Target | null = null;
  for (const element of elements) {
    const target = targetOf(element) ?? frameTarget(element);
    if (!target || !isLargeEnough(target)) continue;
    if (!isPage(element)) return target;
    background = target;
  }
  // Pictures that let the pointer through are in no stack.
  let best: { target: Target; area: number } | null = null;
  for (const element of allElements(document)) {
    if (element === ignored || isPage(element)) continue;
    const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
    if (x < left || x > right || y < top || y > bottom || width * height === 0) continue;
    const target = targetOf(element);
    if (target && isLargeEnough(target) && (!best || width * height < best.area))
      best = { target, area: width * height };
  }
  return best?.target ?? background;
}

function names(element: Element): string[] {
  if (element.localName === "video") {
    const { currentSrc, src, poster } = element as HTMLVideoElement;
    return [currentSrc, src, poster];
  }
  const src =
    element.localName === "img" ? (element as HTMLImageElement).currentSrc || (element as HTMLImageElement).src : null;
  return [src ?? targetOf(element)?.src ?? ""];
}

const WITH_ADDRESS = new Set(["img", "input", "image", "video"]);

/**
 * The menu tells the address of the picture but not which element was clicked: among several with that address
 * it is the one under the pointer, or else the one of which most is to be seen.
 */
export function targetWith(address: string): Target | null {
  const candidates = [...allElements(document)].filter(
    (element) => WITH_ADDRESS.has(element.localName) && names(element).includes(address),
  );
  const hovered = candidates.find((element) => element.matches(":hover"));
  const element = hovered ?? candidates.sort((a, b) => visibleArea(b) - visibleArea(a))[0];
  if (!element) return null;
  const target = targetOf(element);
  if (target) return target;
  // A spacer: what is meant lies below it.
  const { left, top, width, height } = element.getBoundingClientRect();
  return targetAt(left + width / 2, top + height / 2, element);
}

// An overlay may be somewhat larger than the picture below it, and no more: else it is the page that was pointed at.
const OVERLAY = 4;

/** The one picture that the pointer can be meant to be over, where all that is known is which element it is over. */
export function targetUnderPointer(): Target | null {
  let hovered: Element | null = null;
  for (let root: Document | ShadowRoot | null = document; root;) {
    const inner: Element | undefined = [...root.querySelectorAll(":hover")].at(-1);
    if (!inner) break;
    hovered = inner;
    root = shadowOf(inner);
  }
  if (!hovered) return null;
  const own = targetOf(hovered);
  if (own && isLargeEnough(own) && !isPage(hovered)) return own;
  const over = hovered.getBoundingClientRect();
  const below: Target[] = [];
  for (const element of allElements(document)) {
    const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
    if (width * height === 0 || over.width * over.height > OVERLAY * width * height) continue;
    const shared =
      Math.max(0, Math.min(right, over.right) - Math.max(left, over.left)) *
      Math.max(0, Math.min(bottom, over.bottom) - Math.max(top, over.top));
    if (shared < (over.width * over.height) / OVERLAY || shared < (width * height) / 2) continue;
    const target = isPage(element) ? null : targetOf(element);
    if (target && isLargeEnough(target)) below.push(target);
  }
  return new Set(below.map(({ src }) => src)).size === 1 ? below[0] : null;
}
