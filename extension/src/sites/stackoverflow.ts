import { largerGooglePicture } from "./shared/google-pictures";
import { largerGravatar } from "./shared/gravatar";
import { firstPicture } from "./shared/shown";
import type { Site } from "./shared/site";

export default {
  name: "Stack Overflow",
  origins: {
    pages: ["https://stackoverflow.com/*", "https://*.stackexchange.com/*"],
    pictures: ["https://i.sstatic.net/*", "https://www.gravatar.com/*", "https://lh3.googleusercontent.com/*"],
  },
  match: ({ pathname }) => /^\/users\/(\d+)/.exec(pathname)?.[1] ?? null,
  find: (document) =>
    firstPicture(
      document,
      [".js-usermini-avatar-container img", "#mainbar-full .gravatar-wrapper-128 img"],
      () => true,
    ),
  larger(address) {
    const url = new URL(address);
    if (url.hostname !== "i.sstatic.net") return largerGravatar(largerGooglePicture(address));
    url.search = "";
    return url.href;
  },
  // Who has none gets a drawn pattern, in which no face is found.
  isPlaceholder: () => false,
} satisfies Site;
