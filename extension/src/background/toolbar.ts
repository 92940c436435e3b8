import type { Outcome } from "../shared/outcome";
import { say } from "../presentation/messages";
import { solid } from "../presentation/palette";
import type { Tone } from "../presentation/words";
import { spoken } from "../shared/language";
import { describe } from "../shared/describe";

// In small letters: Chromium cuts off wider words.
function short(tone: Tone): string {
  if (tone === "real" || tone === "fake") return say(`short_${tone}`);
  return tone === "working" ? "\u2026" : "?";
}

export async function showOnToolbar(tabId: number, outcome: Outcome | null): Promise<void> {
  await spoken();
  const { tone, title, detail } = describe(outcome);
  await Promise.all([
    chrome.action.setBadgeText({ tabId, text: short(tone) }),
    chrome.action.setBadgeBackgroundColor({ tabId, color: solid(tone) }),
    chrome.action.setBadgeTextColor({ tabId, color: "#ffffff" }),
    chrome.action.setTitle({ tabId, title: detail ? say("headline", title, detail) : title }),
  ]);
}

export async function clearToolbar(tabId: number): Promise<void> {
  await Promise.all([
    chrome.action.setBadgeText({ tabId, text: "" }),
    chrome.action.setTitle({
      tabId,
      title: (chrome.runtime.getManifest() as chrome.runtime.ManifestV3).action?.default_title ?? "",
    }),
  ]);
}
