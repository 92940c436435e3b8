import { INSTAGRAM_PICTURES, isInstagramPicture, isInstagramPlaceholder } from "./shared/instagram-pictures";
import { amongOthers, largestPicture, shownSide } from "./shared/shown";
import { asItIs, type Site } from "./shared/site";

// Avatars beside posts are half as large.
const SMALLEST = 60;

export default {
  name: "Threads",
  origins: {
    pages: ["https://*.threads.com/*", "https://*.threads.net/*"],
    pictures: INSTAGRAM_PICTURES,
  },
  match: ({ pathname }) =>
    /^\/@([\w.]+)(?:\/(?:replies|media|reposts)?)?\/?$/.exec(pathname)?.[1].toLowerCase() ?? null,
  find: (document) =>
    largestPicture(
      document,
      "img",
      (address, image) => isInstagramPicture(address) && !amongOthers(image) && !(shownSide(image) < SMALLEST),
    ),
  larger: asItIs,
  isPlaceholder: isInstagramPlaceholder,
} satisfies Site;
