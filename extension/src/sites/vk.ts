import { amongOthers, firstPicture, largestPicture } from "./shared/shown";
import { firstSegment, words, type Site } from "./shared/site";

const RESERVED = words(`
  feed im friends groups photos video audio apps market login join settings mail search fave docs bookmarks about support
  terms privacy dev clips games services edit restore services.php al_profile.php`);
const PICTURE = /^https:\/\/[^/]*\.?(?:userapi\.com|vkuserphoto\.ru|vk\.(?:com|ru))\//;

export default {
  name: "VK",
  origins: {
    pages: ["https://*.vk.com/*", "https://*.vk.ru/*"],
    pictures: ["https://*.userapi.com/*", "https://*.vkuserphoto.ru/*"],
  },
  match(url) {
    const name = firstSegment(url, RESERVED, /^\/?$/);
    return name && !/^(?:club|public|event|wall|photo|video|album|topic|app)-?\d/.test(name) ? name : null;
  },
  find: (document) =>
    firstPicture(
      document,
      ['[class*="OwnerPageAvatar"] img', "img.page_avatar_img", '[class*="ProfileHeader"] img'],
      (address) => PICTURE.test(address),
    ) ??
    largestPicture(document, 'img[src*="ava=1"]', (address, image) => PICTURE.test(address) && !amongOthers(image)),
  larger(address) {
    const url = new URL(address);
    // The sizes that its signature covers.
    const sizes = url.searchParams.get("as")?.split(",") ?? [];
    const largest = sizes.sort((a, b) => parseInt(b, 10) - parseInt(a, 10))[0];
    return largest && url.searchParams.has("cs") ? address.replace(/([?&]cs=)[^&]*/, `$1${largest}`) : address;
  },
  isPlaceholder: (address) => /\/images\/(?:camera|deactivated)_/.test(address),
} satisfies Site;
