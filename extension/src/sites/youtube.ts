import { largerGooglePicture } from "./shared/google-pictures";
import { firstPicture } from "./shared/shown";
import type { Site } from "./shared/site";

export default {
  name: "YouTube",
  origins: {
    pages: ["https://*.youtube.com/*"],
    pictures: ["https://yt3.ggpht.com/*", "https://yt3.googleusercontent.com/*"],
  },
  match({ pathname }) {
    const [, handle, kind, name] = /^\/(?:@([^/]+)|(channel|c|user)\/([^/]+))/.exec(pathname) ?? [];
    if (handle) return `@${handle.toLowerCase()}`;
    return kind ? `${kind}/${name}` : null;
  },
  find: (document) =>
    firstPicture(
      document,
      [
        "yt-page-header-view-model yt-decorated-avatar-view-model img",
        "yt-page-header-view-model yt-avatar-shape img",
        "ytd-c4-tabbed-header-renderer #avatar img",
      ],
      (address) => /^https:\/\/yt3\.(?:ggpht|googleusercontent)\.com\//.test(address),
    ),
  larger: largerGooglePicture,
  // Who has none gets a letter on a coloured ground, in which no face is found.
  isPlaceholder: () => false,
} satisfies Site;
