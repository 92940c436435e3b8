import { firstPicture } from "./shared/shown";
import { asItIs, type Site } from "./shared/site";

export default {
  name: "Bumble",
  origins: { pages: ["https://*.bumble.com/*"], pictures: ["https://*.bumbcdn.com/*"] },
  match: ({ pathname }) => (/^\/app(?:\/|$)/.test(pathname) ? "" : null),
  find: (document) =>
    firstPicture(
      document,
      [".encounters-story-profile-image img", "img.media-box__picture-image"],
      (address) => /^https:\/\/[^/]*\.bumbcdn\.com\//.test(address) && !address.includes("__size__"),
    ),
  larger: asItIs,
  isPlaceholder: (address) => address.includes("/i/big/assets/"),
} satisfies Site;
