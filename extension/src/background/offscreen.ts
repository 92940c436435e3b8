import { toDataUrl } from "../shared/data-url";
import type { Answerer, Judge } from "../shared/answerer";
import type { AreYouThere, BrowserReply, CheckInBrowser } from "../shared/messages";
import { PictureError } from "../shared/picture-error";
import type { Report } from "../presentation/report.generated";
import type { Sensitivity } from "../shared/sensitivity";
import { shippedManifest } from "../shared/shipped";

const PAGE = "offscreen.html";

// It is asked so often whether it is there while it works, which takes far longer when it starts.
const ASK_EVERY_MS = 1000;

// Far above the longest step that it takes at a stretch, on a slow machine too: one that is silent for so long hangs.
const SILENT_MS = 10_000;

// Chrome allows one offscreen document; checks that come together share its making.
let opening: Promise<void> | null = null;

async function make(): Promise<void> {
  const there = await chrome.runtime.getContexts({ contextTypes: [chrome.runtime.ContextType.OFFSCREEN_DOCUMENT] });
  if (there.length > 0) return;
  await chrome.offscreen.createDocument({
    url: PAGE,
    reasons: [chrome.offscreen.Reason.BLOBS],
    justification: "Decodes the picture that was right-clicked and runs the face network on it.",
  });
}

function shared(work: () => Promise<void>): Promise<void> {
  // Not even asked whether it is there before: while it loads it is, and does not listen yet.
  opening ??= work().finally(() => (opening = null));
  return opening;
}

const open = (): Promise<void> => shared(make);

// How often it has been replaced: of several checks that it died over, the first one to notice replaces it.
let replaced = 0;

/** A document that has crashed is still said to be there. */
async function replace(before: number): Promise<void> {
  if (replaced !== before) return open();
  replaced += 1;
  await shared(async () => {
    await chrome.offscreen.closeDocument().catch(() => undefined);
    await make();
  });
}

/** Throws once the document has given no sign of life for too long. */
async function listenFor(signs: AbortSignal): Promise<never> {
  let heard = Date.now();
  while (!signs.aborted) {
    const there = chrome.runtime.sendMessage<AreYouThere, true | undefined>({ to: "offscreen-there" });
    void there.then(
      (answer) => answer && (heard = Date.now()),
      () => undefined,
    );
    await new Promise((done) => setTimeout(done, ASK_EVERY_MS));
    if (Date.now() - heard >= SILENT_MS) throw new Error("the browser's network is silent");
  }
  return new Promise<never>(() => undefined);
}

async function send(picture: Uint8Array, sensitivity: Sensitivity): Promise<BrowserReply> {
  const message: CheckInBrowser = { to: "offscreen", picture: toDataUrl(picture), sensitivity };
  const done = new AbortController();
  try {
    const reply = await Promise.race([
      chrome.runtime.sendMessage<CheckInBrowser, BrowserReply | undefined>(message),
      listenFor(done.signal),
    ]);
    if (!reply) throw new Error("the browser's network has gone");
    return reply;
  } finally {
    done.abort();
  }
}

/** Chrome's service worker lends the work to an offscreen document, which keeps the network warm. */
export class OffscreenBrowser implements Answerer {
  readonly by = "browser";

  async check(picture: Uint8Array<ArrayBuffer>, sensitivity: Sensitivity): Promise<Report> {
    await open();
    const before = replaced;
    let reply: BrowserReply;
    try {
      reply = await send(picture, sensitivity);
    } catch {
      // It has closed itself for want of work meanwhile, or has crashed: a new one gets the picture.
      await replace(before);
      reply = await send(picture, sensitivity);
    }
    switch (reply.kind) {
      case "report":
        return reply.report;
      case "bad_picture":
        throw new PictureError(reply.code, reply.detail);
      case "fault":
        throw new Error(reply.detail);
    }
  }

  async model(): Promise<Judge> {
    const { version, roles } = await shippedManifest();
    return { version, network: roles.light };
  }
}
