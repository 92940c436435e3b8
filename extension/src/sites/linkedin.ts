import { firstPicture } from "./shared/shown";
import { asItIs, type Site } from "./shared/site";
import { hasType, imageOf, jsonLd } from "./shared/structured";

const PICTURE = /^https:\/\/media\.licdn\.com\/.*\/profile-(?:display|framed)photo/;
const GHOST = /^https:\/\/static\.licdn\.com\//;

// The two designs that signed-in readers get in 2026, then the public page.
const WHERE = [
  '[data-view-name="profile-top-card-member-photo"] img',
  'section[componentkey*="Topcard" i] img',
  '[data-view-name="profile-top-card"] img',
  "img.pv-top-card-profile-picture__image",
  "img.pv-top-card-profile-picture__image--show",
  "img.profile-photo-edit__preview",
  "img.top-card-layout__entity-image",
];

/** The public page loads its picture late; until then its address stands in an attribute. */
function delayed(document: Document): string | null {
  const image = document.querySelector("img.top-card-layout__entity-image[data-delayed-url]");
  const address = image?.getAttribute("data-delayed-url") ?? "";
  return PICTURE.test(address) || GHOST.test(address) ? address : null;
}

function described(document: Document, profile: string): string | null {
  const person = jsonLd(document).find(
    (item) =>
      hasType(item, "Person") && typeof item.url === "string" && item.url.toLowerCase().includes(`/in/${profile}`),
  );
  const address = person ? imageOf(person) : null;
  return address && PICTURE.test(address) ? address : null;
}

const side = (address: string): number => Number(/photo-(?:shrink|scale)_(\d+)_/.exec(address)?.[1] ?? 0);

/** Sizes are signed one by one, so that a larger one can only be taken from where the page shows it. */
function largestOfThis(document: Document, address: string): string {
  const id = address.split("/profile-")[0];
  let best = address;
  for (const image of document.querySelectorAll("img")) {
    for (const [seen] of `${image.srcset} ${image.src}`.matchAll(/https:\/\/media\.licdn\.com\/\S+[^\s,]/g)) {
      if (seen.startsWith(`${id}/profile-`) && side(seen) > side(best)) best = seen;
    }
  }
  return best;
}

export default {
  name: "LinkedIn",
  origins: { pages: ["https://*.linkedin.com/*"], pictures: ["https://media.licdn.com/*"] },
  match: ({ pathname }) => /^\/in\/([^/]+)/.exec(pathname)?.[1].toLowerCase() ?? null,
  find(document, profile) {
    const address =
      firstPicture(document, WHERE, (seen) => PICTURE.test(seen) || GHOST.test(seen)) ??
      delayed(document) ??
      described(document, profile);
    return address && largestOfThis(document, address);
  },
  larger: asItIs,
  isPlaceholder: (address) => GHOST.test(address),
} satisfies Site;
