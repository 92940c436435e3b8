/** What a page tells machines about itself: JSON-LD, as far as profiles go. */

export type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

export function hasType(item: Fields, type: string): boolean {
  return list(item["@type"]).some(
    (name) => typeof name === "string" && name.replace(/^https?:\/\/schema\.org\//, "") === type,
  );
}

/** Every top-level thing in the page's JSON-LD; blocks that cannot be parsed are passed over. */
export function jsonLd(root: ParentNode, selector = 'script[type="application/ld+json"]'): Fields[] {
  const found: Fields[] = [];
  for (const script of root.querySelectorAll(selector)) {
    let parsed: unknown;
    try {
      parsed = JSON.parse(script.textContent ?? "");
    } catch {
      continue;
    }
    for (const item of list(parsed).filter(isFields)) found.push(...list(item["@graph"] ?? item).filter(isFields));
  }
  return found;
}

export function fieldOf(item: Fields, name: string): Fields | null {
  return list(item[name]).find(isFields) ?? null;
}

/** `image` may be an address, an ImageObject, or a list of either. */
export function imageOf(item: Fields): string | null {
  for (const image of list(item.image)) {
    if (typeof image === "string") return image;
    if (!isFields(image)) continue;
    const address = [image.contentUrl, image.url, image["@id"]].find((value) => typeof value === "string");
    if (address) return address;
  }
  return null;
}

export function texts(item: Fields, ...names: string[]): string[] {
  return names
    .flatMap((name) => list(item[name]))
    .flatMap((value) => {
      if (typeof value === "string") return [value];
      return isFields(value) && typeof value["@id"] === "string" ? [value["@id"]] : [];
    });
}
