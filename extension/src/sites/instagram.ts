import { INSTAGRAM_PICTURES, isInstagramPicture, isInstagramPlaceholder } from "./shared/instagram-pictures";
import { firstPicture } from "./shared/shown";
import { asItIs, firstSegment, words, type Site } from "./shared/site";

const RESERVED = words(
  "p reel reels tv explore stories direct accounts about legal developer web api challenge emails session",
);

export default {
  name: "Instagram",
  origins: { pages: ["https://*.instagram.com/*"], pictures: INSTAGRAM_PICTURES },
  match: (url) => firstSegment(url, RESERVED, /^(?:\/(?:reels|tagged|saved|feed)?)?\/?$/),
  // The alternative text would tell, but it is translated.
  find: (document) => firstPicture(document, ["main header img"], isInstagramPicture),
  larger: asItIs,
  isPlaceholder: isInstagramPlaceholder,
} satisfies Site;
