import { largerGravatar } from "./shared/gravatar";
import { firstPicture } from "./shared/shown";
import { firstSegment, words, type Site } from "./shared/site";

const RESERVED = words(
  "dashboard explore groups help admin search projects users api assets public snippets import oauth profile",
);

export default {
  name: "GitLab",
  origins: { pages: ["https://gitlab.com/*"], pictures: ["https://*.gravatar.com/*"] },
  runs: (document) => document.querySelector('meta[property="og:site_name"][content="GitLab"]') !== null,
  match: (url) =>
    /^\/users\/([^/]+)/.exec(url.pathname)?.[1].toLowerCase() ??
    firstSegment(url, new Set([...RESERVED, "-"]), /^\/?$/),
  // Groups share the form of the address, but are no Person.
  find: (document) =>
    firstPicture(
      document,
      ['[itemtype$="schema.org/Person"] .avatar-holder img', '[itemtype$="schema.org/Person"] img[itemprop="image"]'],
      () => true,
    ),
  larger(address) {
    const url = new URL(address);
    if (!url.pathname.startsWith("/uploads/")) return largerGravatar(address);
    url.searchParams.delete("width");
    return url.href;
  },
  isPlaceholder: (address) => /\/assets\/no_avatar/.test(address),
} satisfies Site;
