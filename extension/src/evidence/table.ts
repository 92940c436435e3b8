import type { Evidence } from "../presentation/report.generated";
import {
  exif_tags,
  iptc_datasets,
  keeps_photograph,
  limits,
  markers,
  reader_settings,
  source_types,
} from "../../../fake_image_detection/evidence/markers.json";

export const LIMITS = limits;
/** How the official library is asked: no other computer. */
export const READER_SETTINGS = reader_settings;
export const EXIF_TAGS: Readonly<Record<string, string>> = exif_tags;
export const IPTC_DATASETS: Readonly<Record<string, string>> = iptc_datasets;
export const KEEPS_PHOTOGRAPH: ReadonlySet<string> = new Set(keeps_photograph);

export type { Evidence };
export type Proves = Evidence["proves"];
export type Strength = Evidence["strength"];

export interface Condition {
  where: string[];
  pattern: string;
}

export interface Marker {
  code: string;
  when: Condition[];
  proves: Proves;
  strength: Strength;
  detail: string;
}

export interface SourceType {
  proves: Proves;
  words: string;
}

export const MARKERS = markers as Marker[];
export const SOURCE_TYPES: ReadonlyMap<string, SourceType> = new Map(
  Object.entries(source_types as Record<string, SourceType>),
);
