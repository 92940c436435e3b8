import { firstPicture } from "./shared/shown";
import { asItIs, firstSegment, words, type Site } from "./shared/site";

const RESERVED = words(
  "joinchat addstickers addemoji addtheme share socks proxy setlanguage bg login confirmphone c s iv invoice boost",
);

export default {
  name: "Telegram",
  origins: {
    pages: ["https://t.me/*", "https://telegram.me/*"],
    pictures: ["https://*.telesco.pe/*", "https://*.cdn-telegram.org/*"],
  },
  match(url) {
    const name = firstSegment(url, RESERVED, /^\/?$/);
    return name && !name.startsWith("+") ? name : null;
  },
  find: (document) => firstPicture(document, ["img.tgme_page_photo_image"], () => true),
  larger: asItIs,
  // Who has none gets letters, which are text or a drawing inside of the address.
  isPlaceholder: (address) => address.startsWith("data:"),
} satisfies Site;
