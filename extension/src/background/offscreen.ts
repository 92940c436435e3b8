import { toDataUrl } from "../shared/data-url";
import type { Answerer, Judge } from "../shared/answerer";
import type { BrowserReply, CheckInBrowser } from "../shared/messages";
import { PictureError } from "../shared/picture-error";
import type { Report } from "../presentation/report.generated";
import type { Sensitivity } from "../shared/sensitivity";
import { shippedManifest } from "../shared/shipped";

const PAGE = "offscreen.html";

// Far above a cold start on a slow machine: a document that is silent for so long has died without a word.
const SILENT_MS = 60_000;

let opening: Promise<void> | null = null;

async function isOpen(): Promise<boolean> {
  const there = await chrome.runtime.getContexts({ contextTypes: [chrome.runtime.ContextType.OFFSCREEN_DOCUMENT] });
  return there.length > 0;
}

async function open(): Promise<void> {
  if (await isOpen()) return;
  // Chrome allows one offscreen document; two checks at once must share its making.
  opening ??= chrome.offscreen
    .createDocument({
      url: PAGE,
      reasons: [chrome.offscreen.Reason.BLOBS],
      justification: "Decodes the picture that was right-clicked and runs the face network on it.",
    })
    .finally(() => {
      opening = null;
    });
  await opening;
}

/** A document that has crashed is still said to be there. */
async function reopen(): Promise<void> {
  await chrome.offscreen.closeDocument().catch(() => undefined);
  await open();
}

async function send(picture: Uint8Array, sensitivity: Sensitivity): Promise<BrowserReply> {
  const message: CheckInBrowser = { to: "offscreen", picture: toDataUrl(picture), sensitivity };
  let silent: ReturnType<typeof setTimeout> | undefined;
  try {
    const reply = await Promise.race([
      chrome.runtime.sendMessage<CheckInBrowser, BrowserReply | undefined>(message),
      new Promise<never>((_, fail) => {
        silent = setTimeout(() => fail(new Error("the browser's network is silent")), SILENT_MS);
      }),
    ]);
    if (!reply) throw new Error("the browser's network has gone");
    return reply;
  } finally {
    clearTimeout(silent);
  }
}

/** Chrome's service worker lends the work to an offscreen document, which keeps the network warm. */
export class OffscreenBrowser implements Answerer {
  readonly by = "browser";

  async check(picture: Uint8Array<ArrayBuffer>, sensitivity: Sensitivity): Promise<Report> {
    await open();
    let reply: BrowserReply;
    try {
      reply = await send(picture, sensitivity);
    } catch {
      // It has closed itself for want of work meanwhile, or has crashed: a new one gets the picture.
      await reopen();
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
