import { InBrowser } from "../detector/in-browser";
import { fromDataUrl } from "../shared/data-url";
import type { BrowserReply, CheckInBrowser, Message } from "../shared/messages";
import { PictureError } from "../shared/picture-error";

// The network holds tens of megabytes; nobody should pay for them long after the last check.
const IDLE_MS = 5 * 60 * 1000;

const browser = new InBrowser();
let idle = setTimeout(close, IDLE_MS);

async function answer({ picture, sensitivity }: CheckInBrowser): Promise<BrowserReply> {
  clearTimeout(idle);
  try {
    return { kind: "report", report: await browser.check(await fromDataUrl(picture), sensitivity) };
  } catch (error) {
    if (error instanceof PictureError) return { kind: "bad_picture", code: error.code, detail: error.detail };
    return { kind: "fault", detail: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(idle);
    idle = setTimeout(close, IDLE_MS);
  }
}

chrome.runtime.onMessage.addListener((message: Message, _sender, reply: (answer: BrowserReply | true) => void) => {
  if (message.to === "offscreen-there") {
    reply(true);
    return false;
  }
  if (message.to !== "offscreen") return false;
  void answer(message).then(reply);
  return true;
});
