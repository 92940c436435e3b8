import { firstPicture } from "./shared/shown";
import type { Site } from "./shared/site";

const SHOWN = '.keen-slider__slide[aria-hidden="false"]';

export default {
  name: "Tinder",
  origins: { pages: ["https://*.tinder.com/*"], pictures: ["https://*.gotinder.com/*"] },
  match({ pathname }) {
    const named = /^\/@([^/]+)/.exec(pathname)?.[1];
    if (named) return `@${named.toLowerCase()}`;
    return /^\/app\/(?:recs|matches|messages|explore|likes-you|gold-home)(?:\/|$)/.test(pathname) ? "" : null;
  },
  // Names of classes are made anew by every release, but for those of the slider.
  find: (document) =>
    firstPicture(
      document,
      [
        `${SHOWN} .profileCard__slider__img`,
        `${SHOWN} .StretchedBox`,
        `${SHOWN} [style*="background-image"]`,
        `${SHOWN} img`,
      ],
      (address) => /^https:\/\/[^/]*\.gotinder\.com\//.test(address),
    ),
  // Only the older, unsigned form of the address.
  larger: (address) =>
    address.includes("Signature=") ? address : address.replace(/\/\d+x\d+_([\w-]+)\.\w+$/, "/original_$1.jpeg"),
  isPlaceholder: () => false,
} satisfies Site;
