import type { Metadata } from "./fields";
import { LIMITS, MARKERS, SOURCE_TYPES, type Condition, type Evidence } from "./table";

// Blanks, control characters, and those that turn the direction of a text or have no width.
const BLANKS = /[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]+/g;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A text from a file, fit to stand in a sentence. */
export function shown(text: string): string {
  const start = [...text.slice(0, 16 * LIMITS.shown_characters)].slice(0, 8 * LIMITS.shown_characters).join("");
  const clean = [...start.replace(BLANKS, " ").replace(/^ | $/g, "")];
  if (clean.length <= LIMITS.shown_characters) return clean.join("");
  return `${clean.slice(0, LIMITS.shown_characters).join("")}\u2026`;
}

/** The name at the end of the address that IPTC gives to a kind of source. */
export function sourceType(value: string): string {
  let end = value.length;
  while (end > 0 && "/ \t\r\n".includes(value[end - 1])) end -= 1;
  return value.slice(value.lastIndexOf("/", end - 1) + 1, end);
}

function firstMatch(metadata: Metadata, { where, pattern }: Condition): string | undefined {
  const compiled = new RegExp(pattern, "i");
  return metadata.values(where).find((value) => compiled.test(value));
}

function declaredSource(metadata: Metadata): Evidence[] {
  for (const value of metadata.values(["xmp:DigitalSourceType", "xmp:DigitalSourceFileType"])) {
    const name = sourceType(value);
    const kind = SOURCE_TYPES.get(name);
    if (!kind) continue;
    // That a camera took it is what a forger would write first.
    const strength = kind.proves === "photographed" || kind.proves === "nothing" ? "weak" : "strong";
    return [
      { code: "iptc_source_type", detail: `declared as ${kind.words} (IPTC ${name})`, proves: kind.proves, strength },
    ];
  }
  return [];
}

/** Milliseconds since 1970 of a time as EXIF writes it; null for one that is not of that form, NaN for one that cannot be. */
function exifTime(taken: string): number | null {
  if (!/^\d{4}:\d{2}:\d{2} \d{2}:\d{2}:\d{2}$/.test(taken)) return null;
  const [year, month, day, hour, minute, second] = taken.split(/[: ]/).map(Number);
  const when = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const same = when.getUTCMonth() === month - 1 && when.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return same ? when.getTime() : NaN;
}

function doubts(metadata: Metadata, taken: string): string[] {
  const found: string[] = [];
  const exposure = ["ExposureTime", "FNumber", "ISO"].map((name) => metadata.first(`exif:${name}`));
  if (!exposure.some(Boolean)) found.push("no exposure");
  else if (exposure.slice(0, 2).some((ratio) => ratio && !/^[1-9][0-9]*(\/[1-9][0-9]*)?$/.test(ratio)))
    found.push("an impossible exposure");
  const when = exifTime(taken);
  // Digital cameras that write EXIF came in 1995; the clock of a camera may be a day ahead.
  if (when === null) found.push("no time at which it was taken");
  else if (!(when >= Date.UTC(1995, 0) && when <= Date.now() + 2 * DAY_MS))
    found.push(`an impossible time (${shown(taken)})`);
  return found;
}

function camera(metadata: Metadata): Evidence[] {
  const make = shown(metadata.first("exif:Make"));
  const model = shown(metadata.first("exif:Model"));
  if (!model) return [];
  const name = model.toLowerCase().startsWith(make.toLowerCase()) ? model : `${make} ${model}`;
  const lens = shown(metadata.first("exif:LensModel"));
  const taken = metadata.first("exif:DateTimeOriginal");
  const doubted = doubts(metadata, taken);
  if (doubted.length > 0) {
    const detail = `the EXIF names a camera, ${name}, but ${doubted.join(" and ")}: it may have been written by hand`;
    return [{ code: "camera_doubtful", detail, proves: "nothing", strength: "weak" }];
  }
  const withLens = lens ? `${name}, lens ${lens}` : name;
  const detail = `the EXIF says: taken with ${withLens}, on ${taken.slice(0, 10).replaceAll(":", "-")}`;
  return [{ code: "camera", detail, proves: "photographed", strength: "weak" }];
}

/** What the texts say, in the order of the table. */
export function findMarkers(metadata: Metadata): Evidence[] {
  const found = MARKERS.flatMap(({ code, when, proves, strength, detail }): Evidence[] => {
    const values = when.map((condition) => firstMatch(metadata, condition));
    const [value] = values;
    if (value === undefined || values.includes(undefined)) return [];
    return [{ code, detail: detail.replace("{value}", () => shown(value)), proves, strength }];
  });
  const all = [...declaredSource(metadata), ...found];
  // Generators write their own names where cameras do.
  return all.some(({ proves }) => proves === "generated") ? all : [...all, ...camera(metadata)];
}
