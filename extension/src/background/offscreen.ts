import { toDataUrl } from "../shared/data-url";
import type { Answerer } from "../shared/answerer";
import type { BrowserReply, CheckInBrowser } from "../shared/messages";
import { PictureError } from "../shared/picture-error";
import type { Report } from "../presentation/report.generated";

const PAGE = "offscreen.html";

let opening: Promise<void> | null = null;

async function open(): Promise<void> {
  const there = await chrome.runtime.getContexts({ contextTypes: [chrome.runtime.ContextType.OFFSCREEN_DOCUMENT] });
  if (there.length > 0) return;
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

/** Chrome's service worker lends the work to an offscreen document, which keeps the network warm. */
export class OffscreenBrowser implements Answerer {
  readonly by = "browser";

  async check(picture: Uint8Array<ArrayBuffer>): Promise<Report> {
    await open();
    const message: CheckInBrowser = { to: "offscreen", picture: toDataUrl(picture) };
    const reply = await chrome.runtime.sendMessage<CheckInBrowser, BrowserReply>(message);
    switch (reply.kind) {
      case "report":
        return reply.report;
      case "bad_picture":
        throw new PictureError(reply.code, reply.detail);
      case "fault":
        throw new Error(reply.detail);
    }
  }
}
