import schema from "../../../fake_image_detection/manifest.schema.json";
import { faultFinder } from "../shared/schema";

export type PictureFormat = "JPEG" | "PNG" | "WEBP" | "GIF" | "BMP" | "AVIF";

export interface TfjsModel {
  model: string;
  outputs: Record<string, string>;
}

/** Inputs whose outputs are known, for a graph to be checked with. */
interface Golden {
  /** The path in the bundle of the pictures, input_size x input_size x 3 bytes each, one after the other. */
  pictures: string;
  /** How much an answer may differ. */
  max_delta: number;
}

/** What a sensitivity was measured to do; shares of faces, 0..1. */
export interface SensitivityFigures {
  bound: number;
  real_called_fake: number;
  real_called_fake_upper_bound: number;
  real_called_uncertain: number;
  fake_called_fake: number;
  worst_kind: { kind: string; called_fake: number; upper_bound: number };
}

/** A sensitivity other than the usual one, whose `fake_from` stands in `bands`. */
interface OtherSensitivity {
  fake_from: number;
  figures: SensitivityFigures;
}

export interface Network {
  input_size: number;
  calibration: { scale: number; bias: number };
  bands: { real_below: number; fake_from: number };
  /** Left out where they were not measured. */
  sensitivities?: { strict: OtherSensitivity; usual: { figures: SensitivityFigures }; eager: OtherSensitivity };
  /** Degrees that an upright face may be tilted to be called real. */
  max_roll?: number;
  files: { tfjs: TfjsModel };
  golden: Golden & { logits: { tfjs: number[] } };
}

/** How a picture is searched; what each number is stands in the manifest's schema. */
export interface SearchRule {
  smallest_size: number;
  best_size: number;
  confirmed_score: number;
  turned_score: number;
  doubtful_score: number;
  hopeful_score: number;
  sure_score: number;
  max_tilt: number;
  piece_share: number;
  finer_by: number;
  coarser_by: number;
  overlap: number;
  max_tiles: number;
  max_candidates: number;
  max_seconds: number;
}

export interface FaceDetector {
  name: string;
  input_size: number;
  score_threshold: number;
  iou_threshold: number;
  blend_score: number;
  search: SearchRule;
  files: { tfjs: TfjsModel };
  golden: Golden & { faces: { tfjs: number[] } };
}

export interface CropRule {
  scale: number;
  raise: number;
  min_side: number;
}

/** Where a face is looked at for something that covers it; what each number is stands in the manifest's schema. */
export interface CoveredRule {
  patch: number;
  brow: number;
  chin: number;
  weights: number[];
}

/** From which values on a face is trusted less; `trust.ts` says how they are taken. */
export interface TrustRule {
  /** Of the network's input side: a smaller crop was enlarged. */
  enlarged_share: number;
  cut_off_share: number;
  profile_offset: number;
  grey_chroma: number;
  /** In pixels, of the square that `blurred_sharpness` is meant for. */
  sharpness_side: number;
  blurred_sharpness: number;
  /** In pixels, at most, of what blocks and fineness are looked for in. */
  middle_side: number;
  recompressed_blocks: number;
  upscaled_fineness: number;
  dark_luma: number;
  white_luma: number;
  overexposed_share: number;
  covered: CoveredRule;
}

export interface PictureLimits {
  formats: PictureFormat[];
  max_bytes: number;
  max_pixels: number;
}

/** The part of the bundle's manifest that this runtime reads. */
export interface Manifest {
  schema: number;
  name: string;
  version: string;
  picture: PictureLimits;
  face_detector: FaceDetector;
  crop: CropRule;
  trust: TrustRule;
  roles: { strong: string; light: string };
  networks: Record<string, Network>;
  /** By path in the bundle. */
  files: Record<string, { sha256: string }>;
}

/** The bundle in the extension cannot be used; the message is for the person. */
export class BundleError extends Error {
  constructor(fault: string) {
    super(
      `${fault}. The extension and its bundle do not belong together: build both with \`make run\`, then reload the extension`,
    );
    this.name = "BundleError";
  }
}

const SCHEMA = 1;

const fault = faultFinder(schema);

/** The same check that the Python detector makes; throws BundleError. */
export function parseManifest(value: unknown): Manifest {
  const { schema: version } = (value ?? {}) as Partial<Manifest>;
  if (version !== SCHEMA) {
    throw new BundleError(`the bundle has schema ${String(version)}; this extension reads schema ${SCHEMA}`);
  }
  const found = fault(value);
  if (found) throw new BundleError(`the bundle's manifest.json does not fit its schema at ${found}`);
  const manifest = value as Manifest;
  // What a JSON Schema cannot say.
  for (const [role, name] of Object.entries(manifest.roles)) {
    if (!(name in manifest.networks))
      throw new BundleError(`the bundle has no network ${name}, which its role ${role} names`);
  }
  return manifest;
}

/** Reads the manifest of a bundle; `folder` ends with a slash. Throws BundleError. */
export async function readManifest(folder: string): Promise<Manifest> {
  let value: unknown;
  try {
    value = await (await fetch(`${folder}manifest.json`)).json();
  } catch {
    throw new BundleError("the extension's bundle/manifest.json is missing or is no JSON");
  }
  return parseManifest(value);
}
