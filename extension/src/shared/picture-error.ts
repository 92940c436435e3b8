import schema from "../../../fake_image_detection/report.schema.json";
import type { PictureErrorCode } from "../presentation/report.generated";

const CODES = schema.$defs.PictureErrorCode.enum;

export function isPictureErrorCode(value: unknown): value is PictureErrorCode {
  return CODES.some((code) => code === value);
}

/** Something is wrong with the picture itself, so that asking anybody else would give the same answer. */
export class PictureError extends Error {
  constructor(
    readonly code: PictureErrorCode,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = "PictureError";
  }
}
