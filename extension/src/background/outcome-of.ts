import type { Answerer } from "../shared/answerer";
import { fromDataUrl } from "../shared/data-url";
import type { Taken } from "../shared/messages";
import type { Outcome } from "../shared/outcome";
import type { PictureErrorCode } from "../presentation/report.generated";
import { PictureError } from "../shared/picture-error";
import { shippedManifest } from "../shared/shipped";
import type { Place } from "../shared/storage";
import { captured } from "./capture";
import { askOnce } from "./known-answers";
import { NeedsPermission, NoPicture, pictureBytes, type Way } from "./picture";

// What the screen shows may be read where the file cannot be.
const ON_SCREEN: readonly PictureErrorCode[] = ["unsupported_format", "too_many_bytes", "too_many_pixels"];

async function largestPicture(): Promise<number> {
  return (await shippedManifest()).picture.max_bytes;
}

async function guarded(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NeedsPermission) return { kind: "needs_permission", host: error.host };
    if (error instanceof NoPicture) return { kind: "no_picture", why: error.said };
    if (error instanceof PictureError) {
      return { kind: "bad_picture", code: error.code, detail: error.detail, by: "browser" };
    }
    console.error(error);
    return { kind: "no_answerer", why: [["unforeseen"]] };
  }
}

function isJudged(outcome: Outcome): boolean {
  return outcome.kind === "report" && outcome.report.probability_fake !== null;
}

function isFaceless(outcome: Outcome): boolean {
  return outcome.kind === "report" && outcome.report.probability_fake === null;
}

function isUnreadable(outcome: Outcome): boolean {
  return outcome.kind === "no_picture" || (outcome.kind === "bad_picture" && ON_SCREEN.includes(outcome.code));
}

/** What the picture at one address comes to. */
function outcomeAt(place: Place, way: Way, answerers: readonly Answerer[]): Promise<Outcome> {
  return guarded(async () => askOnce(answerers, await pictureBytes(place, await largestPicture(), way)));
}

/** What a picture comes to whose bytes are at hand. */
export function outcomeOfBytes(picture: Uint8Array<ArrayBuffer>, answerers: readonly Answerer[]): Promise<Outcome> {
  return guarded(() => askOnce(answerers, picture));
}

function outcomeOfCapture(picture: Uint8Array<ArrayBuffer>, answerers: readonly Answerer[]): Promise<Outcome> {
  return guarded(async () => {
    const outcome = await askOnce(answerers, picture);
    if (outcome.kind !== "report") return outcome;
    const { report } = outcome;
    const { width, height } = report.image;
    const detail = `the picture's file could not be read: a capture of the screen, ${width} x ${height} pixels, was judged instead`;
    return { ...outcome, report: { ...report, warnings: [...report.warnings, { code: "capture" as const, detail }] } };
  });
}

/** The last way to a picture: as it is to be seen. Null where it is not in sight. */
export async function outcomeOnScreen(
  place: Place,
  check: string,
  answerers: readonly Answerer[],
): Promise<Outcome | null> {
  const picture = await captured(place, check);
  return picture && outcomeOfCapture(picture, answerers);
}

const NOTHING_TO_READ: Outcome = {
  kind: "no_picture",
  why: ["out_of_sight"],
};

/** What a picture that a person pointed at comes to, by every way there is. */
export async function outcomeOfTaken(
  place: Place,
  check: string,
  { larger, pixels }: Pick<Taken, "larger" | "pixels">,
  answerers: readonly Answerer[],
): Promise<Outcome> {
  if (!place.src) {
    if (pixels) return guarded(async () => askOnce(answerers, await fromDataUrl(pixels)));
    return (await outcomeOnScreen(place, check, answerers)) ?? NOTHING_TO_READ;
  }
  const outcome = await outcomeAt(place, "page", answerers);
  if (isFaceless(outcome) || isUnreadable(outcome)) {
    for (const src of larger) {
      const better = await outcomeAt({ ...place, src }, "page", answerers);
      if (isJudged(better)) return better;
    }
  }
  return isUnreadable(outcome) ? ((await outcomeOnScreen(place, check, answerers)) ?? outcome) : outcome;
}

/** What a profile's picture comes to: its file only, the larger version first. Nothing is asked of anybody. */
export async function outcomeOfProfile(
  addresses: readonly string[],
  place: Omit<Place, "src">,
  answerers: readonly Answerer[],
): Promise<Outcome> {
  let first: Outcome | null = null;
  for (const src of new Set(addresses)) {
    const outcome = await outcomeAt({ ...place, src }, "host", answerers);
    if (outcome.kind === "report" || outcome.kind === "no_answerer") return outcome;
    first ??= outcome;
  }
  return first?.kind === "needs_permission"
    ? {
        kind: "no_picture",
        why: ["host_not_watched", first.host],
      }
    : (first ?? NOTHING_TO_READ);
}
