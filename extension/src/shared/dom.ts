/** The element of the page's own HTML with this id; its absence is a mistake in the build. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${type.name} #${id}`);
  return found;
}

export function made(name: string, text = "", className = ""): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

const CONTROLS = "a[href], button, input, select, summary, textarea";

/** Fills a place anew. Whoever was at a control there by keyboard is at the one that stands in its stead, the last at the most. */
export function refill(place: Element, ...content: Node[]): void {
  const controls = (): HTMLElement[] => [...place.querySelectorAll<HTMLElement>(CONTROLS)];
  const at = controls().findIndex((control) => control === document.activeElement);
  place.replaceChildren(...content);
  if (at >= 0) (controls()[at] ?? controls().at(-1))?.focus();
}
