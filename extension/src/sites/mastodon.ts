import { firstPicture } from "./shared/shown";
import type { Site } from "./shared/site";

// The large ones, each with the hosts of its pictures; all others are asked for when a person switches them on.
const SERVERS = [
  "mastodon.social",
  "mastodon.online",
  "mstdn.social",
  "mas.to",
  "fosstodon.org",
  "hachyderm.io",
  "infosec.exchange",
  "techhub.social",
  "mastodon.world",
  "chaos.social",
];

export default {
  name: "Mastodon",
  origins: {
    pages: SERVERS.map((server) => `https://${server}/*`),
    // Most keep their pictures under a name of their own, such as files.mastodon.social.
    pictures: SERVERS.map((server) => `https://*.${server}/*`),
  },
  runs: (document) => document.querySelector('#mastodon, meta[name="generator"][content^="Mastodon"]') !== null,
  // Not a single post of theirs: /@name/1234.
  match: ({ pathname }) =>
    /^\/(?:@|users\/)([\w.-]+(?:@[\w.-]+)?)(?:\/(?:with_replies|media|featured|following|followers))?\/?$/
      .exec(pathname)?.[1]
      .toLowerCase() ?? null,
  find: (document) =>
    firstPicture(document, [".account__header__avatar img", ".account__header .account__avatar img"], () => true),
  // The other form is a moving picture's first frame, in the same size.
  larger: (address) => address.replace(/(\/accounts\/avatars\/.*)\/static\//, "$1/original/"),
  isPlaceholder: (address) => /\/avatars\/original\/missing\.png/.test(address),
} satisfies Site;
