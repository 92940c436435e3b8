import { largestPicture } from "./shared/shown";
import { asItIs, firstSegment, words, type Site } from "./shared/site";

const RESERVED = words(`
  photo photo.php photos media watch groups marketplace permalink.php reel reels story.php stories events gaming pages help
  login login.php settings messages notifications friends search hashtag share sharer sharer.php policies privacy
  business ads bookmarks saved memories home.php profile.php people directory recover reg posts videos live`);
const TABS = /^(?:\/(?:about\w*|friends\w*|photos\w*|videos|reels|map|sports|music|movies|likes|reviews_given)?)?\/?$/;
// Type 1 is a profile's picture; type 6, for one, is a post's.
const PICTURE = /^https:\/\/[^/]*\.fbcdn\.net\/.*\/t\d+\.\d+-1\//;

export default {
  name: "Facebook",
  origins: { pages: ["https://*.facebook.com/*"], pictures: ["https://*.fbcdn.net/*"] },
  match(url) {
    if (url.pathname === "/profile.php") return url.searchParams.get("id");
    const numbered = /^\/(?:people\/[^/]+|marketplace\/profile)\/(\d+)/.exec(url.pathname);
    return numbered?.[1] ?? firstSegment(url, RESERVED, TABS);
  },
  // The reader's own picture is the document's first, in its banner.
  find: (document) =>
    largestPicture(
      document,
      '[role="main"] svg image',
      (address, image) => PICTURE.test(address) && !image.closest('[role="banner"], [role="article"]'),
    ),
  larger: asItIs,
  isPlaceholder: (address) => /\/t1\.30497-1\/|\/(?:1379841_1015|10354686_1015)/.test(address),
} satisfies Site;
