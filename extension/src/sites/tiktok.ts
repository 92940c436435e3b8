import { firstPicture } from "./shared/shown";
import { asItIs, type Site } from "./shared/site";

export default {
  name: "TikTok",
  origins: {
    pages: ["https://*.tiktok.com/*"],
    pictures: ["https://*.tiktokcdn.com/*", "https://*.tiktokcdn-us.com/*", "https://*.tiktokcdn-eu.com/*"],
  },
  // A video's page shows its author small, among others'.
  match: ({ pathname }) => /^\/@([^/]+)\/?$/.exec(pathname)?.[1].toLowerCase() ?? null,
  find: (document) =>
    firstPicture(document, ['[data-e2e="user-avatar"] img'], (address) =>
      /^https:\/\/[^/]*\.tiktokcdn(?:-us|-eu)?\.com\//.test(address),
    ),
  larger: asItIs,
  isPlaceholder: (address) => address.includes("musically-maliva-obj/1594805258216454"),
} satisfies Site;
