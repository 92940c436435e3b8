import { fromDataUrl } from "../shared/data-url";
import { PictureError } from "../shared/picture-error";
import type { Place } from "../shared/storage";

/** The person has to allow reading pictures from this host first. */
export class NeedsPermission extends Error {
  constructor(readonly host: string) {
    super(`no permission to read pictures from ${host}`);
  }
}

/** There is no way to the picture's bytes; the message says why in plain words. */
export class NoPicture extends Error {}

type InPage = { url: string } | { tooLarge: number } | { failed: string };

/** Runs inside the page, where the picture's own cookies, referrer and cache apply. Must not refer to anything outside. */
async function readInPage(src: string, maxBytes: number): Promise<InPage> {
  try {
    const response = await fetch(src, { cache: "force-cache" });
    if (!response.ok) return { failed: `the site answered ${response.status}` };
    const blob = await response.blob();
    if (blob.size > maxBytes) return { tooLarge: blob.size };
    return await new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve({ url: reader.result as string });
      reader.onerror = () => resolve({ failed: "the page could not read it" });
      reader.readAsDataURL(blob);
    });
  } catch {
    return { failed: "the page may not read it" };
  }
}

async function fromPage({ tabId, frameId, src }: Place, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
  let seen: InPage | null | undefined;
  try {
    const [injected] = await chrome.scripting.executeScript({
      target: { tabId, frameIds: [frameId] },
      func: readInPage,
      args: [src, maxBytes],
    });
    seen = injected.result;
  } catch {
    return null; // a page that extensions may not touch, or a frame from another site
  }
  if (!seen || "failed" in seen) return null;
  if ("tooLarge" in seen) throw tooLarge(seen.tooLarge, maxBytes);
  return fromDataUrl(seen.url);
}

function tooLarge(size: number, maxBytes: number): PictureError {
  return new PictureError("too_many_bytes", `the picture has ${size} bytes; at most ${maxBytes} are read`);
}

async function fromHost(url: URL, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await fetch(url, { cache: "force-cache", credentials: "include" });
  } catch {
    throw new NoPicture(`${url.host} could not be reached.`);
  }
  if (!response.ok) throw new NoPicture(`${url.host} answered ${response.status} and gave no picture.`);
  const declared = Number(response.headers.get("Content-Length"));
  if (declared > maxBytes) throw tooLarge(declared, maxBytes);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > maxBytes) throw tooLarge(bytes.length, maxBytes);
  return bytes;
}

/** Throws NeedsPermission, NoPicture or PictureError. */
export async function pictureBytes(place: Place, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!URL.canParse(place.src)) throw new NoPicture("The browser does not tell where this picture comes from.");
  const url = new URL(place.src);
  if (url.protocol === "data:") return fromDataUrl(place.src);
  const seen = await fromPage(place, maxBytes);
  if (seen) return seen;
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new NoPicture("The picture exists only inside its page, and the page does not let it be read.");
  }
  if (!(await chrome.permissions.contains({ origins: [`${url.protocol}//${url.hostname}/*`] }))) {
    throw new NeedsPermission(url.hostname);
  }
  return fromHost(url, maxBytes);
}
