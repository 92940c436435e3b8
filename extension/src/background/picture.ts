import { fromDataUrl } from "../shared/data-url";
import { Fault } from "../shared/outcome";
import { PictureError } from "../shared/picture-error";
import type { Place } from "../shared/storage";

/** The person has to allow reading pictures from this host first. */
export class NeedsPermission extends Error {
  constructor(readonly host: string) {
    super(`no permission to read pictures from ${host}`);
  }
}

/** There is no way to the picture's bytes. */
export class NoPicture extends Fault {}

/** `answered`: what the picture's host said instead of it; `own`: that host is the page's own site. */
type InPage =
  | { url: string }
  | { tooLarge: number }
  | { answered: string; own: boolean }
  | { failed: string; own: boolean };

/** The page cannot read it. */
interface NotInPage {
  own: boolean;
}

/** Runs inside the page, where the picture's own cookies, referrer and cache apply. Must not refer to anything outside. */
async function readInPage(src: string, maxBytes: number): Promise<InPage> {
  // Not self.origin, which is "null" in a sandbox.
  const own = new URL(src).origin === location.origin;
  try {
    const response = await fetch(src, { cache: "force-cache" });
    if (!response.ok) return { answered: String(response.status), own };
    const blob = await response.blob().catch(() => null);
    if (!blob) return { answered: "broke_off", own };
    if (blob.type.startsWith("text/html")) return { answered: "page", own };
    if (blob.size > maxBytes) return { tooLarge: blob.size };
    return await new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve({ url: reader.result as string });
      reader.onerror = () => resolve({ failed: "the page could not read it", own });
      reader.readAsDataURL(blob);
    });
  } catch {
    return { failed: "the page may not read it", own };
  }
}

async function fromPage(
  { tabId, frameId, src }: Place,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | NotInPage> {
  let seen: InPage | null | undefined;
  try {
    const [injected] = await chrome.scripting.executeScript({
      target: { tabId, frameIds: [frameId] },
      func: readInPage,
      args: [src, maxBytes],
      injectImmediately: true,
    });
    seen = injected.result;
  } catch {
    return { own: false }; // a page that extensions may not touch, or a frame from another site
  }
  if (!seen) return { own: false };
  if ("failed" in seen) return seen;
  if ("answered" in seen) {
    // The page's own site has said no to the page itself: no permission would change its mind.
    if (seen.own) throw refused(new URL(src).host, seen.answered);
    return seen;
  }
  if ("tooLarge" in seen) throw tooLarge(seen.tooLarge, maxBytes);
  return fromDataUrl(seen.url);
}

function refused(host: string, answered: string): NoPicture {
  if (answered === "page") return new NoPicture("host_answered_page", host);
  return answered === "broke_off"
    ? new NoPicture("host_broke_off", host)
    : new NoPicture("host_answered", host, answered);
}

function tooLarge(size: number, maxBytes: number): PictureError {
  return new PictureError("too_many_bytes", `the picture has ${size} bytes; at most ${maxBytes} are read`);
}

async function fromHost(url: URL, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    // Without cookies: the host learns of this request no more than that somebody looks at the picture.
    const response = await fetch(url, { cache: "force-cache", credentials: "omit" });
    if (!response.ok) throw new NoPicture("host_answered", url.host, String(response.status));
    if (response.headers.get("Content-Type")?.startsWith("text/html"))
      throw new NoPicture("host_answered_page", url.host);
    const declared = Number(response.headers.get("Content-Length"));
    if (declared > maxBytes) throw tooLarge(declared, maxBytes);
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    if (error instanceof NoPicture || error instanceof PictureError) throw error;
    throw new NoPicture("host_unreachable", url.host);
  }
  if (bytes.length > maxBytes) throw tooLarge(bytes.length, maxBytes);
  return bytes;
}

/** Of the page's own site, which a browser may let read where the person has just asked for a check; null where it does not. */
async function fromOwnSite(url: URL, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await fromHost(url, maxBytes);
  } catch (error) {
    if (error instanceof NoPicture && error.said[0] === "host_unreachable") return null;
    throw error;
  }
}

async function fromData(url: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await fromDataUrl(url);
  } catch {
    throw new NoPicture("address_damaged");
  }
}

/**
 * Who is asked for the picture first: the page, where its cookies and its cache count, or, unseen by the page, the host. A page
 * whose profile is watched is asked for what only it has.
 */
export type Way = "page" | "host";

/** Throws NeedsPermission, NoPicture or PictureError. */
export async function pictureBytes(place: Place, maxBytes: number, way: Way): Promise<Uint8Array<ArrayBuffer>> {
  if (!URL.canParse(place.src)) throw new NoPicture("address_unknown");
  const url = new URL(place.src);
  if (url.protocol === "data:") return fromData(place.src);
  const onHost = url.protocol === "http:" || url.protocol === "https:";
  const seen = way === "page" || !onHost ? await fromPage(place, maxBytes) : { own: false };
  if (seen instanceof Uint8Array) return seen;
  if (url.protocol === "file:") {
    throw new NoPicture("own_file");
  }
  if (!onHost) throw new NoPicture("only_in_page");
  if (await chrome.permissions.contains({ origins: [`${url.protocol}//${url.hostname}/*`] })) {
    return fromHost(url, maxBytes);
  }
  // The page itself cannot where its host has put it into a sandbox.
  const bytes = seen.own ? await fromOwnSite(url, maxBytes) : null;
  if (!bytes) throw new NeedsPermission(url.hostname);
  return bytes;
}
