import { firstPicture } from "./shared/shown";
import { firstSegment, words, type Site } from "./shared/site";
import { fieldOf, imageOf, jsonLd } from "./shared/structured";

const RESERVED = words(`
  home explore notifications messages i search settings compose login logout signup hashtag intent share tos privacy about
  jobs download account oauth bookmarks lists communities premium who_to_follow follower_requests logged-out
  personalization tweetdeck topics moments connect_people verified-choose grok`);
const TABS =
  /^(?:\/(?:with_replies|highlights|articles|media|likes|affiliates|superfollows|photo|header_photo|about)?)?\/?$/;
const PICTURE = /^https:\/\/(?:pbs\.twimg\.com\/profile_images|abs\.twimg\.com\/sticky\/default_profile_images)\//;

/** On its first load a profile describes itself; afterwards the description stays while the page moves on. */
function described(document: Document, profile: string): string | null {
  for (const page of jsonLd(document, 'script[data-testid^="UserProfileSchema"]')) {
    const person = fieldOf(page, "mainEntity");
    if (typeof person?.additionalName === "string" && person.additionalName.toLowerCase() === profile)
      return imageOf(person);
  }
  return null;
}

export default {
  name: "X",
  origins: {
    pages: ["https://*.x.com/*", "https://*.twitter.com/*"],
    pictures: ["https://pbs.twimg.com/*"],
  },
  match(url) {
    const name = firstSegment(url, RESERVED, TABS);
    return name && /^\w{1,20}$/.test(name) ? name : null;
  },
  find(document, profile) {
    // Under the name only: other people's avatars stand on the same page.
    const avatar = `[data-testid="UserAvatar-Container-${profile}" i]`;
    const where = [`[data-testid="primaryColumn"] ${avatar}`, avatar].flatMap((place) => [
      `${place} a[href$="/photo" i] img`,
      `${place} a[href$="/nft" i] img`,
      `${place} img`,
      `${place} [style*="background-image"]`,
    ]);
    return firstPicture(document, where, (address) => PICTURE.test(address)) ?? described(document, profile);
  },
  larger: (address) =>
    address.replace(/(\/profile_images\/.*)_(?:mini|normal|bigger|x96|\d+x\d+)(?=\.\w+(?:\?|$))/, "$1"),
  isPlaceholder: (address) => address.includes("/default_profile_images/"),
} satisfies Site;
