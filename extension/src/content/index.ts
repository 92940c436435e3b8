import type { Message, ShowBadge } from "../shared/messages";
import { Badge } from "./badge";
import { findPicture } from "./find-picture";

declare global {
  // Set in the extension's own world, where the page cannot see it.
  var checkThisFaceListens: boolean | undefined;
}

const badges = new Map<Element | null, Badge>();

function begin(check: string, src: string): Badge {
  const picture = findPicture(src);
  badges.get(picture)?.close();
  const badge = new Badge(check, picture);
  badges.set(picture, badge);
  badge.signal.addEventListener("abort", () => {
    if (badges.get(picture) === badge) badges.delete(picture);
  });
  return badge;
}

function show({ check, src, outcome }: ShowBadge): void {
  if (!outcome) {
    begin(check, src);
    return;
  }
  // A badge that was closed or replaced meanwhile stays closed.
  for (const badge of badges.values()) {
    if (badge.check === check) badge.show(outcome);
  }
}

if (!globalThis.checkThisFaceListens) {
  globalThis.checkThisFaceListens = true;
  chrome.runtime.onMessage.addListener((message: Message) => {
    if (message.to === "badge") show(message);
  });
}
