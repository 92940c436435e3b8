/** What reports and errors mean, in plain words. No DOM here. */

const VERDICTS = {
  real: "Real",
  fake: "Fake",
  uncertain: "Uncertain",
  no_face: "No face",
  too_small: "Too small",
  error: "No answer",
};

const RUNTIMES = { lite: "LiteRT", saved_model: "TensorFlow", tfserving: "TensorFlow Serving" };

const WARNINGS = {
  enlarged:
    "The face is small here, so the verdict rests on few pixels. A larger copy of the picture may be judged otherwise.",
};

export function verdictName(verdict) {
  return VERDICTS[verdict] ?? verdict;
}

/** A probability that is never shown as certainty: "97 %", "over 99 %". */
export function percent(probability) {
  const whole = Math.round(probability * 100);
  if (whole >= 100) {
    return "over 99 %";
  }
  return whole <= 0 ? "under 1 %" : `${whole} %`;
}

/** How probable the verdict itself is (for "uncertain": that the face is fake); empty without a judged face. */
export function confidence({ verdict, probability_fake: fake }) {
  if (fake === null) {
    return "";
  }
  return percent(verdict === "real" ? 1 - fake : fake);
}

/** The verdict in a few words: "Fake – 97 %". */
export function headline(judged) {
  const number = confidence(judged);
  const name = verdictName(judged.verdict);
  if (number === "") {
    return name;
  }
  return judged.verdict === "uncertain" ? `${name} – ${number} fake` : `${name} – ${number}`;
}

/** One or two sentences on what the verdict means; `minSide` is the smallest crop that is judged, in pixels. */
export function meaning(report, minSide) {
  const many = report.faces.length > 1;
  switch (report.verdict) {
    case "fake":
      return many ? "At least one of the faces was probably generated." : "This face was probably generated.";
    case "real":
      return many ? "The faces were probably photographed." : "This face was probably photographed.";
    case "uncertain":
      return many
        ? "The network cannot tell whether the most suspicious face was photographed or generated."
        : "The network cannot tell whether this face was photographed or generated.";
    case "no_face":
      return "No face found in this picture. Only faces can be judged.";
    case "too_small":
      return (
        `The ${many ? "faces are" : "face is"} too small to judge` +
        `${minSide ? `: head and surroundings cover less than ${minSide} pixels` : ""}. Try a larger copy.`
      );
    default:
      return "";
  }
}

export function warningText({ code, detail }) {
  return WARNINGS[code] ?? detail;
}

/** What went wrong with a picture, and what helps. */
export function errorText({ code, message }, picture) {
  const formats = list(picture?.formats ?? ["JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"]);
  switch (code) {
    case "unsupported_format":
      return `This file is not a picture that can be read here. Possible are ${formats}.`;
    case "unreadable_picture":
      return "This picture is damaged or was cut short, so it cannot be read. Try to get it again.";
    case "empty_picture":
      return "This file is empty.";
    case "too_many_bytes":
      return `This file is too large${picture ? `: up to ${megabytes(picture.max_bytes)} are read` : ""}.`;
    case "too_many_pixels":
      return `This picture is too large${picture ? `: up to ${megapixels(picture.max_pixels)} are read` : ""}.`;
    case "unauthorized":
      return "The server asks for its token. Enter it above, then try again.";
    case "unreachable":
      return "The server does not answer. Is it still running?";
    case "internal_error":
      return "The server failed on this picture. Its log tells why.";
    default:
      return message;
  }
}

/** What a verdict rests on: network, bundle, runtime, time. */
export function basis({ model, milliseconds }) {
  return [model.network, `bundle ${model.version}`, runtimeName(model.runtime), `${Math.round(milliseconds.total)} ms`];
}

export function runtimeName(runtime) {
  return RUNTIMES[runtime] ?? runtime;
}

function list(formats) {
  const names = formats.map((format) => (format === "WEBP" ? "WebP" : format));
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function megabytes(bytes) {
  return `${Math.floor(bytes / 1024 / 1024)} MB`;
}

function megapixels(pixels) {
  return `${Math.floor(pixels / 1e6)} megapixels`;
}
