import { amongOthers, firstPicture, largestPicture } from "./shared/shown";
import type { Site } from "./shared/site";
import { fieldOf, imageOf, jsonLd, texts } from "./shared/structured";

const PICTURE = /^https:\/\/cdn\.bsky\.app\/img\/avatar(?:_thumbnail)?\//;

function described(document: Document, profile: string): string | null {
  for (const page of jsonLd(document)) {
    const person = fieldOf(page, "mainEntity");
    const names = person ? texts(person, "alternateName", "identifier", "url").map((name) => name.toLowerCase()) : [];
    if (person && names.some((name) => name.replace(/^@/, "") === profile || name.endsWith(`/profile/${profile}`))) {
      const address = imageOf(person);
      return address && PICTURE.test(address) ? address : null;
    }
  }
  return null;
}

export default {
  name: "Bluesky",
  origins: { pages: ["https://bsky.app/*"], pictures: ["https://cdn.bsky.app/*"] },
  match: ({ pathname }) =>
    /^\/profile\/([^/]+)(?:\/(?:follows|followers|search|known-followers)?)?\/?$/
      .exec(decodeURIComponent(pathname))?.[1]
      .toLowerCase() ?? null,
  find(document, profile) {
    const isAvatar = (address: string): boolean => PICTURE.test(address);
    // An address names its person by DID, so that the right one among many is known when the page's address does too.
    if (profile.startsWith("did:")) {
      return largestPicture(document, "img", (address) => isAvatar(address) && address.toLowerCase().includes(profile));
    }
    return (
      described(document, profile) ??
      firstPicture(
        document,
        ['[data-testid="profileHeaderAviButton"] img', '[data-testid="profileHeaderAvatarButton"] img'],
        isAvatar,
      ) ??
      largestPicture(document, "img", (address, image) => isAvatar(address) && !amongOthers(image))
    );
  },
  larger: (address) => address.replace(/\/img\/avatar(?:_thumbnail)?\//, "/img/feed_fullsize/"),
  // Who has none gets a drawing that is no picture.
  isPlaceholder: () => false,
} satisfies Site;
