/** What the browser's menu calls an image. */
export type PictureElement = HTMLImageElement | HTMLInputElement;

export function sourceOf(picture: PictureElement): string {
  return picture instanceof HTMLImageElement ? picture.currentSrc || picture.src : picture.src;
}

function* pictures(root: Document | ShadowRoot): Generator<PictureElement> {
  for (const element of root.querySelectorAll("*")) {
    if (element instanceof HTMLImageElement) yield element;
    if (element instanceof HTMLInputElement && element.type === "image") yield element;
    if (element.shadowRoot) yield* pictures(element.shadowRoot);
  }
}

function visibleArea(element: Element): number {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const width = Math.min(right, innerWidth) - Math.max(left, 0);
  const height = Math.min(bottom, innerHeight) - Math.max(top, 0);
  return width > 0 && height > 0 ? width * height : 0;
}

/**
 * The menu tells the address of the picture but not which element was clicked: among several with that address
 * it is the one under the pointer, or else the one of which most is to be seen.
 */
export function findPicture(src: string): PictureElement | null {
  const candidates = [...pictures(document)].filter((picture) => sourceOf(picture) === src);
  const hovered = candidates.find((picture) => picture.matches(":hover"));
  return hovered ?? candidates.sort((a, b) => visibleArea(b) - visibleArea(a))[0] ?? null;
}
