import type { Outcome } from "../shared/outcome";
import { describe, type Tone } from "../shared/words";

// In small letters: Chromium cuts off wider words.
const TEXT: Record<Tone, string> = { real: "real", fake: "fake", uncertain: "?", none: "?", working: "\u2026" };

// Dark enough for white letters (contrast at least 4.5).
const COLOUR: Record<Tone, string> = {
  real: "#1a7f4b",
  fake: "#b3261e",
  uncertain: "#8a5a00",
  none: "#5f6570",
  working: "#5f6570",
};

export async function showOnToolbar(tabId: number, outcome: Outcome | null): Promise<void> {
  const { tone, title, detail } = describe(outcome);
  await Promise.all([
    chrome.action.setBadgeText({ tabId, text: TEXT[tone] }),
    chrome.action.setBadgeBackgroundColor({ tabId, color: COLOUR[tone] }),
    chrome.action.setBadgeTextColor({ tabId, color: "#ffffff" }),
    chrome.action.setTitle({ tabId, title: detail ? `${title} \u2013 ${detail}` : title }),
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
