import type { Located } from "../shared/messages";
import type { Place } from "../shared/storage";
import { tellFrame } from "./page";

// Browsers allow two captures a second.
const AGAIN_AFTER_MS = 600;
const TIMES = 3;

async function visibleTab(windowId: number): Promise<Blob> {
  for (let time = 1; ; time++) {
    try {
      const url = await chrome.tabs.captureVisibleTab(windowId, { format: "png" });
      return await (await fetch(url)).blob();
    } catch (error) {
      if (time === TIMES) throw error;
      await new Promise((done) => setTimeout(done, AGAIN_AFTER_MS));
    }
  }
}

async function cut(screen: Blob, { x, y, width, height, windowWidth }: Located): Promise<Uint8Array<ArrayBuffer>> {
  const whole = await createImageBitmap(screen);
  try {
    const scale = whole.width / windowWidth;
    const left = Math.round(x * scale);
    const top = Math.round(y * scale);
    const right = Math.min(Math.round((x + width) * scale), whole.width);
    const bottom = Math.min(Math.round((y + height) * scale), whole.height);
    const canvas = new OffscreenCanvas(right - left, bottom - top);
    canvas.getContext("2d")?.drawImage(whole, -left, -top);
    return new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
  } finally {
    whole.close();
  }
}

/** What is to be seen of a picture, in the device's pixels, as PNG; null where it is not in sight or no capture is allowed. */
export async function captured({ tabId, frameId }: Place, check: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const { active, windowId } = await chrome.tabs.get(tabId);
    if (!active) return null;
    let where: Located | null;
    let screen: Blob;
    try {
      where = await tellFrame<Located | null>(tabId, frameId, { to: "page", type: "pose", check });
      if (!where || where.width < 1 || where.height < 1) return null;
      screen = await visibleTab(windowId);
    } finally {
      await tellFrame(tabId, frameId, { to: "page", type: "pose-over" });
    }
    return await cut(screen, where);
  } catch {
    return null;
  }
}
