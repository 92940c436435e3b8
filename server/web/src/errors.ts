import { say } from "../../../extension/src/presentation/messages";
import type { Model, Problem } from "./api";

/** What went wrong with a picture, and what helps. */
export function errorText({ code, message }: Problem, picture?: Model["picture"]): string {
  switch (code) {
    case "too_many_bytes":
      return picture
        ? `This file is too large: up to ${megabytes(picture.max_bytes)} are read.`
        : say("picture_too_many_bytes");
    case "too_many_pixels":
      return picture
        ? `This picture is too large: up to ${megapixels(picture.max_pixels)} are read.`
        : say("picture_too_many_pixels");
    case "unsupported_format":
    case "unreadable_picture":
    case "empty_picture":
      return say(`picture_${code}`);
    case "unauthorized":
      return "The server asks for its token. Enter it above, then try again.";
    case "unreachable":
      return "The server does not answer. Is it still running?";
    case "internal_error":
      return "The server failed on this picture. Its log tells why.";
    // Of these, and of those that only a newer server has, it says itself what is wrong.
    case "no_picture":
    case "unknown_network":
    case "unknown_sensitivity":
    case "bad_request":
    case "host_not_allowed":
    case "origin_not_allowed":
    case "not_found":
    case "method_not_allowed":
    case "too_many_pictures":
    case "too_long_headers":
    case "not_implemented":
    case "busy":
    case "engine_unavailable":
    case "unknown":
    default:
      return message;
  }
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1024 / 1024)} MB`;
}

function megapixels(pixels: number): string {
  return `${Math.floor(pixels / 1e6)} megapixels`;
}
