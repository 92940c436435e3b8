import { firstPicture } from "./shared/shown";
import { firstSegment, words, type Site } from "./shared/site";

const RESERVED = words(`
  features topics settings notifications explore marketplace pulls issues login logout join about pricing search orgs
  sponsors trending collections new codespaces apps enterprise security customer-stories readme site contact events
  dashboard discussions sessions team resources solutions account organizations users stars watching gist copilot models`);

export default {
  name: "GitHub",
  origins: { pages: ["https://github.com/*"], pictures: ["https://avatars.githubusercontent.com/*"] },
  match: (url) => firstSegment(url, RESERVED, /^\/?$/),
  find(document) {
    if (document.querySelector('meta[name="hovercard-subject-tag"][content^="organization"]')) return null;
    return firstPicture(
      document,
      ['a[itemprop="image"] img.avatar-user', "main img.avatar-user", "img.avatar-user"],
      (address) => new URL(address).hostname === "avatars.githubusercontent.com",
    );
  },
  larger(address) {
    const url = new URL(address);
    url.searchParams.set("s", "460");
    return url.href;
  },
  // Who has none gets a pattern of squares, in which no face is found.
  isPlaceholder: () => false,
} satisfies Site;
