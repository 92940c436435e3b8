import type { Message, ProfileReply, ProfileSeen, ToBackground } from "../shared/messages";
import { thisDocument } from "../shared/this-document";
import { Watch } from "./watch";

declare global {
  // Set in the extension's own world, where the page cannot see it.
  var checkThisFaceWatches: AbortController | undefined;
}

// A background that was stopped half-way is woken by asking again.
const AGAIN_AFTER_MS = 1000;
const TIMES = 3;

const end = new AbortController();
let latest: ProfileSeen | null = null;
/** What the tab was left with before its turn came. */
let waiting: ProfileSeen | null = null;

async function tell(seen: ProfileSeen): Promise<void> {
  latest = seen;
  waiting = null;
  for (let time = 1; time <= TIMES && latest === seen && !end.signal.aborted; time++) {
    try {
      const message: ToBackground = { to: "background", type: "profile", document: thisDocument(), seen };
      const reply = await chrome.runtime.sendMessage<ToBackground, ProfileReply>(message);
      if (reply === "over") end.abort();
      if (reply === "later" && latest === seen) waiting = seen;
      return;
    } catch {
      if (!chrome.runtime?.id) end.abort(); // this copy of the extension was replaced or taken away
      await new Promise((done) => setTimeout(done, AGAIN_AFTER_MS));
    }
  }
}

function tellWaiting(): void {
  if (waiting && document.visibilityState === "visible") void tell(waiting);
}

if (!globalThis.checkThisFaceWatches || globalThis.checkThisFaceWatches.signal.aborted) {
  globalThis.checkThisFaceWatches = end;
  const watch = new Watch((seen) => void tell(seen), end.signal);
  const listen = (message: Message, _sender: unknown, reply: (document: string) => void): boolean => {
    if (message.to !== "page") return false;
    if (message.type === "still-there") {
      watch.lookIn(0);
      tellWaiting();
      reply(thisDocument());
    }
    if (message.type === "watch-no-more") end.abort();
    return false;
  };
  chrome.runtime.onMessage.addListener(listen);
  document.addEventListener("visibilitychange", tellWaiting, { signal: end.signal });
  end.signal.addEventListener("abort", () => chrome.runtime?.onMessage?.removeListener(listen));
}
