export type PictureFormat = "JPEG" | "PNG" | "WEBP" | "GIF" | "BMP" | "AVIF";

export interface TfjsModel {
  model: string;
  outputs: Record<string, string>;
}

export interface Network {
  input_size: number;
  value_range: [number, number];
  calibration: { scale: number; bias: number };
  bands: { real_below: number; fake_from: number };
  files: { tfjs: TfjsModel };
  reference: { picture: "gradient"; logit: number };
}

export interface FaceDetector {
  name: string;
  input_size: number;
  fit: "letterbox" | "stretch";
  score_threshold: number;
  iou_threshold: number;
  files: { tfjs: TfjsModel };
}

export interface CropRule {
  scale: number;
  raise: number;
  min_side: number;
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
  resize: string;
  roles: { strong: string; light: string };
  networks: Record<string, Network>;
}

const SCHEMA = 1;
const RESIZE = "pillow-bicubic";

/** A bundle that asks for rules this code does not know must be refused, not approximated. */
export function understand(manifest: Manifest): Manifest {
  if (manifest.schema !== SCHEMA) {
    throw new Error(`the bundle has schema ${manifest.schema}; this extension reads schema ${SCHEMA}`);
  }
  if (manifest.resize !== RESIZE) {
    throw new Error(`the bundle asks for the resize rule ${manifest.resize}; this extension knows ${RESIZE}`);
  }
  return manifest;
}
