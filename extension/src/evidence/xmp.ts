import { decoded, strip, type Metadata } from "./fields";
import { LIMITS, MARKERS } from "./table";

const WANTED: ReadonlySet<string> = new Set([
  ...MARKERS.flatMap((marker) => marker.when.flatMap(({ where }) => where))
    .filter((name) => name.startsWith("xmp:"))
    .map((name) => name.slice("xmp:".length)),
  "DigitalSourceType",
  "DigitalSourceFileType",
]);

const REFERENCE = /&(?:#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);/g;
const NAMED: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
};
const SPACE = " \t\r\n";

/** The one character that a reference stands for; one that stands for none is left as it is. */
function character(reference: string): string {
  if (reference in NAMED) return NAMED[reference];
  const point = reference.startsWith("&#x")
    ? parseInt(reference.slice(3, -1), 16)
    : parseInt(reference.slice(2, -1), 10);
  const exists = (point > 0 && point < 0xd800) || (point >= 0xe000 && point <= 0x10ffff);
  return exists ? String.fromCodePoint(point) : reference;
}

function local(name: string): string {
  return name.slice(name.lastIndexOf(":") + 1);
}

function add(name: string, value: string, found: Metadata): void {
  if (WANTED.has(local(name)))
    found.add(`xmp:${local(name)}`, value.slice(0, LIMITS.field_bytes).replace(REFERENCE, character));
}

function endOfTag(text: string, start: number): number {
  if (text.startsWith("<!--", start)) {
    const end = text.indexOf("-->", start + 4);
    return end < 0 ? end : end + 2;
  }
  if (text.startsWith("<!", start) || text.startsWith("<?", start)) return text.indexOf(">", start);
  const endOrQuote = /[>"']/g;
  endOrQuote.lastIndex = start;
  for (let match = endOrQuote.exec(text); match; match = endOrQuote.exec(text)) {
    if (match[0] === ">") return match.index;
    const closing = text.indexOf(match[0], match.index + 1);
    if (closing < 0) return -1;
    endOrQuote.lastIndex = closing + 1;
  }
  return -1;
}

function attributes(tag: string): [string, string][] {
  const found: [string, string][] = [];
  let at = 0;
  for (let equals = tag.indexOf("=", at); equals >= 0; equals = tag.indexOf("=", at)) {
    const name =
      strip(tag.slice(at, equals), SPACE)
        .split(/[ \t\r\n]+/)
        .at(-1) ?? "";
    let quote = equals + 1;
    while (quote < tag.length && SPACE.includes(tag[quote])) quote += 1;
    const end = tag[quote] === '"' || tag[quote] === "'" ? tag.indexOf(tag[quote], quote + 1) : -1;
    if (end < 0) {
      at = equals + 1;
      continue;
    }
    found.push([name, tag.slice(quote + 1, end)]);
    at = end + 1;
  }
  return found;
}

/**
 * Adds the properties of an XMP packet that the table of markers asks for. No XML parser reads it, so nothing that a
 * document defines is ever expanded: tags are walked once, from left to right. Properties are known by their local name,
 * for prefixes differ (`Iptc4xmpExt`, `iptcExt`).
 */
export function readXmp(packet: Uint8Array, found: Metadata): void {
  const text = decoded(packet, "utf-8", LIMITS.xmp_bytes);
  let inside = "";
  let parts: string[] = [];
  let at = 0;
  for (let start = text.indexOf("<", at); start >= 0; start = text.indexOf("<", at)) {
    if (inside) parts.push(text.slice(at, start));
    const end = endOfTag(text, start);
    if (end < 0) return;
    const tag = text.slice(start + 1, end);
    at = end + 1;
    if (tag.startsWith("!") || tag.startsWith("?")) continue;
    if (tag.startsWith("/")) {
      if (strip(tag.slice(1), SPACE) === inside) {
        add(inside, parts.join(""), found);
        inside = "";
        parts = [];
      }
      continue;
    }
    const [name] = tag.split(/[ \t\r\n/]/, 1);
    for (const [attribute, value] of attributes(tag))
      add(attribute === "rdf:resource" ? name : attribute, value, found);
    if (!inside && WANTED.has(local(name)) && !tag.endsWith("/")) inside = name;
  }
}
