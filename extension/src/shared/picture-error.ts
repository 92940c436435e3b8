export const PICTURE_CODES = [
  "unsupported_format",
  "unreadable_picture",
  "too_many_bytes",
  "too_many_pixels",
  "empty_picture",
] as const;

export type PictureCode = (typeof PICTURE_CODES)[number];

export function isPictureCode(value: unknown): value is PictureCode {
  return PICTURE_CODES.some((code) => code === value);
}

/** Something is wrong with the picture itself, so that asking anybody else would give the same answer. */
export class PictureError extends Error {
  constructor(
    readonly code: PictureCode,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = "PictureError";
  }
}
