// Made by types.mjs from fake_image_detection/report.schema.json: `npm run types`.

/**
 * What the detector says of pictures: the library's to_dict(), the command line's --json, the server's answer to /v1/check and the extension's own answer. This file is the one description: the server's OpenAPI components and the extension's types are made from it.
 */
export type Answer = Report | ErrorReport | Reports;
/**
 * That of the most suspicious face; no_face and too_small where none was judged.
 */
export type Verdict = "real" | "fake" | "uncertain" | "no_face" | "too_small";
/**
 * x, y, width, height in pixels of the upright picture; may reach beyond its edges.
 *
 * @minItems 4
 * @maxItems 4
 */
export type Rectangle = [number, number, number, number];
/**
 * x, y, width, height in pixels of the square that the network saw, inside the picture.
 *
 * @minItems 4
 * @maxItems 4
 */
export type Rectangle1 = [number, number, number, number];
export type FaceVerdict = "real" | "fake" | "uncertain" | "too_small";
export type Probability = number;
/**
 * Stable names of the reasons to trust a verdict less.
 */
export type WarningCode =
  | "enlarged"
  | "blurred"
  | "grey"
  | "cut_off"
  | "profile"
  | "recompressed"
  | "upscaled"
  | "dark"
  | "overexposed"
  | "covered"
  | "turned"
  | "tilted"
  | "drawn"
  | "several_faces"
  | "search_stopped"
  | "capture"
  | "incomplete";
/**
 * Stable names of the reasons why a picture gets no verdict.
 */
export type ErrorCode = PictureErrorCode | ("file_not_found" | "not_a_file");
/**
 * What can be wrong with a picture's bytes.
 */
export type PictureErrorCode =
  "unsupported_format" | "unreadable_picture" | "too_many_bytes" | "too_many_pixels" | "empty_picture";

/**
 * The verdict on one picture and what it rests on.
 */
export interface Report {
  /**
   * The picture's name, where several files were asked about.
   */
  file?: string;
  verdict: Verdict;
  /**
   * What decided: network, the most suspicious face (or that there is none to judge); evidence, a conclusive piece of it.
   */
  verdict_by: "network" | "evidence";
  /**
   * Of the most suspicious face; null if no face was judged.
   */
  probability_fake: number | null;
  /**
   * Largest first.
   */
  faces: FaceReport[];
  /**
   * What the picture's own bytes say.
   */
  evidence: Evidence[];
  /**
   * Reasons to trust the verdict less.
   */
  warnings: Warning[];
  image: ImageInfo;
  model: ModelInfo;
  milliseconds: Milliseconds;
}
export interface FaceReport {
  box: Rectangle;
  crop: Rectangle1;
  /**
   * How sure the face detector is that this is a face.
   */
  score: number;
  verdict: FaceVerdict;
  /**
   * Calibrated; null for a face that is too small.
   */
  probability_fake: number | null;
  /**
   * Rows of probabilities over the crop, top row first; only if asked for.
   */
  heatmap?: Probability[][];
}
/**
 * A marker in the picture's bytes.
 */
export interface Evidence {
  /**
   * Stable name of the kind of marker.
   */
  code: string;
  /**
   * The same in plain words.
   */
  detail: string;
  /**
   * What it says of the picture, if it is true.
   */
  proves: "generated" | "edited" | "photographed" | "nothing";
  /**
   * conclusive: a valid signature by a signer on the list, which decides the verdict. strong: a plain declaration, which anyone could have written. weak: a hint.
   */
  strength: "conclusive" | "strong" | "weak";
}
export interface Warning {
  code: WarningCode;
  detail: string;
}
/**
 * The picture that was judged.
 */
export interface ImageInfo {
  /**
   * Pixels, upright.
   */
  width: number;
  /**
   * Pixels, upright.
   */
  height: number;
  /**
   * pixels: the library was given pixels and no file.
   */
  format: "JPEG" | "PNG" | "WEBP" | "GIF" | "BMP" | "AVIF" | "pixels";
  /**
   * Of the file's bytes, or of the RGB pixels where there was no file.
   */
  sha256: string;
}
/**
 * What gave the verdict.
 */
export interface ModelInfo {
  /**
   * Of the bundle.
   */
  name: string;
  /**
   * Of the bundle.
   */
  version: string;
  /**
   * Which of the bundle's networks judged.
   */
  network: string;
  runtime: "lite" | "saved_model" | "tfserving" | "tfjs-wasm" | "tfjs-webgl" | "tfjs-webgpu";
  /**
   * In words.
   */
  device: string;
}
/**
 * Time spent. In a batch, network is the picture's share of the batch's time.
 */
export interface Milliseconds {
  decode: number;
  faces: number;
  network: number;
  total: number;
}
/**
 * Why there is no verdict on a picture.
 */
export interface ErrorReport {
  /**
   * The picture's name, where several files were asked about.
   */
  file?: string;
  verdict: "error";
  probability_fake: null;
  /**
   * @maxItems 0
   */
  faces: [];
  /**
   * @maxItems 0
   */
  evidence: [];
  /**
   * @maxItems 0
   */
  warnings: [];
  image: null;
  model: ModelInfo;
  milliseconds: Milliseconds;
  error: {
    code: ErrorCode;
    detail: string;
  };
}
/**
 * Several pictures, in the order in which they were asked about.
 */
export interface Reports {
  /**
   * @minItems 2
   */
  reports: [Report | ErrorReport, Report | ErrorReport, ...(Report | ErrorReport)[]];
}
/**
 * Stable names of the other reasons why a server refuses a request; they stand in its problems, not in reports.
 */
export type ServerErrorCode =
  | "no_picture"
  | "unknown_network"
  | "unknown_sensitivity"
  | "bad_request"
  | "unauthorized"
  | "host_not_allowed"
  | "origin_not_allowed"
  | "not_found"
  | "method_not_allowed"
  | "too_many_pictures"
  | "too_long_headers"
  | "internal_error"
  | "not_implemented"
  | "busy"
  | "engine_unavailable";
