export type Verdict = "real" | "fake" | "uncertain" | "no_face" | "too_small";

export interface FaceReport {
  /** x, y, width, height in pixels of the upright picture. */
  box: [number, number, number, number];
  crop: [number, number, number, number];
  score: number;
  verdict: "real" | "fake" | "uncertain" | "too_small";
  probability_fake: number | null;
}

export interface Warning {
  code: string;
  detail: string;
}

export interface ModelReport {
  name: string;
  version: string;
  network: string;
  runtime: string;
  device: string;
}

/** The same object from the server and from the browser. */
export interface Report {
  verdict: Verdict;
  probability_fake: number | null;
  faces: FaceReport[];
  evidence: unknown[];
  warnings: Warning[];
  image: { width: number; height: number; format: string; sha256: string };
  model: ModelReport;
  milliseconds: { decode: number; faces: number; network: number; total: number };
}

const VERDICTS: readonly string[] = ["real", "fake", "uncertain", "no_face", "too_small"];

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isProbability(value: unknown): boolean {
  return value === null || (typeof value === "number" && value >= 0 && value <= 1);
}

function isNumbers(value: unknown, length: number): boolean {
  return Array.isArray(value) && value.length === length && value.every((item) => Number.isFinite(item));
}

function isFace(value: unknown): value is FaceReport {
  return (
    isObject(value) &&
    isNumbers(value.box, 4) &&
    VERDICTS.includes(String(value.verdict)) &&
    isProbability(value.probability_fake)
  );
}

/** Whatever listens on the server's port need not be the server: nothing else may pass for its verdict. */
export function isReport(value: unknown): value is Report {
  return (
    isObject(value) &&
    VERDICTS.includes(String(value.verdict)) &&
    isProbability(value.probability_fake) &&
    Array.isArray(value.faces) &&
    value.faces.every(isFace) &&
    Array.isArray(value.warnings) &&
    isObject(value.image) &&
    isObject(value.model) &&
    typeof value.model.version === "string" &&
    typeof value.model.network === "string" &&
    typeof value.model.device === "string" &&
    isObject(value.milliseconds) &&
    typeof value.milliseconds.total === "number"
  );
}
