import { firstPicture, largestPicture } from "./shared/shown";
import type { Site } from "./shared/site";

const PICTURE = /^https:\/\/miro\.medium\.com\//;
const SQUARE = /\/resize:fill:(\d+):\1\//;

export default {
  name: "Medium",
  origins: { pages: ["https://*.medium.com/*"], pictures: ["https://miro.medium.com/*"] },
  match({ hostname, pathname }) {
    const named = /^\/@([\w.-]+)(?:\/(?:about|list\/.*|followers|following)?)?\/?$/.exec(pathname)?.[1];
    if (named) return named.toLowerCase();
    const own = /^([\w-]+)\.medium\.com$/.exec(hostname)?.[1];
    return own && !["www", "help", "policy", "cdn"].includes(own) && /^\/(?:about)?$/.test(pathname) ? own : null;
  },
  find: (document) =>
    firstPicture(document, ['img[data-testid="authorPhoto"]'], (address) => PICTURE.test(address)) ??
    // Only people are cut to squares; those of other stories' authors are smaller.
    largestPicture(
      document,
      "img",
      (address, image) => PICTURE.test(address) && SQUARE.test(address) && !image.closest("article, nav"),
    ),
  larger: (address) => address.replace(/^(https:\/\/miro\.medium\.com\/)(?:v2\/)?(?:[a-z]+:[^/]*\/)+/, "$1v2/"),
  isPlaceholder: (address) => /\/1\*dmbNkD5D-u45r44go_cf0g\.png/.test(address),
} satisfies Site;
