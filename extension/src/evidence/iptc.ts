import { number, startsWith, utf8OrLatin1, type Metadata } from "./fields";
import { IPTC_DATASETS, LIMITS } from "./table";

const IPTC_RESOURCE = 0x0404;

function readDatasets(data: Uint8Array, found: Metadata): void {
  let at = 0;
  for (let left = LIMITS.blocks; left > 0; left--) {
    // Sizes of 32 KiB and more are written in another way, which no caption needs.
    if (data[at] !== 0x1c || at + 5 > data.length || data[at + 3] & 0x80) return;
    const name = IPTC_DATASETS[`${data[at + 1]}:${data[at + 2]}`];
    const end = at + 5 + number(data, at + 3, 2);
    if (name !== undefined) found.add(`iptc:${name}`, utf8OrLatin1(data.subarray(at + 5, end)));
    at = end;
  }
}

/** Adds the wanted captions (IPTC-IIM) of a block of Photoshop's image resources. */
export function readImageResources(data: Uint8Array, found: Metadata): void {
  let at = 0;
  for (let left = LIMITS.blocks; left > 0 && startsWith(data, "8BIM", at); left--) {
    const resource = number(data, at + 4, 2);
    // A name goes before the size, padded to an even number of bytes with its length.
    at += 6;
    at += 2 * (Math.floor((data[at] ?? 0) / 2) + 1);
    const size = number(data, at, 4);
    at += 4;
    if (resource === IPTC_RESOURCE) readDatasets(data.subarray(at, at + size), found);
    at += size + (size % 2);
  }
}
