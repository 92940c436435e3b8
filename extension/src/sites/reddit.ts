import { amongOthers, largestPicture } from "./shared/shown";
import { asItIs, type Site } from "./shared/site";

const PICTURE =
  /^https:\/\/(?:styles\.redditmedia\.com\/.*\/profileIcon|i\.redd\.it\/snoovatar\/|www\.redditstatic\.com\/(?:avatars|shreddit\/assets)\/)/;

export default {
  name: "Reddit",
  origins: {
    pages: ["https://*.reddit.com/*"],
    pictures: ["https://styles.redditmedia.com/*", "https://i.redd.it/*"],
  },
  match: ({ pathname }) =>
    /^\/(?:user|u)\/([\w-]+)(?:\/(?:overview|submitted|comments|hidden|saved|upvoted|downvoted|gilded)?)?\/?$/
      .exec(pathname)?.[1]
      .toLowerCase() ?? null,
  find: (document, profile) => {
    const isTheirs = (image: Element): boolean => (image.getAttribute("alt") ?? "").toLowerCase().includes(profile);
    const passes = (address: string, image: Element): boolean =>
      PICTURE.test(address) && !image.closest("header, nav, article, shreddit-post");
    return (
      largestPicture(document, 'img[alt*="avatar" i]', (address, image) => passes(address, image) && isTheirs(image)) ??
      largestPicture(
        document,
        'img[alt*="avatar" i]',
        (address, image) => passes(address, image) && !amongOthers(image),
      )
    );
  },
  larger: asItIs,
  // The second is a drawn figure that people dress, never a photograph.
  isPlaceholder: (address) => address.includes("/avatars/defaults/") || address.includes("/snoovatar/"),
} satisfies Site;
