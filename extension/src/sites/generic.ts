import { pictureAddress, samePicture } from "./shared/shown";
import { asItIs, type Site } from "./shared/site";
import { fieldOf, hasType, imageOf, jsonLd, texts, type Fields } from "./shared/structured";

interface Candidate {
  address: string;
  weight: number;
}

/** What a thing is worth that a page says of itself: the plainer it names the person of this very page, the more. */
const WEIGHT = { profilePage: 4, person: 3, microdata: 3, hCard: 3, openGraph: 2 };

// Two candidates that stand closer than this leave it open whose profile it is.
const LEAD = 2;

function key(address: string): string {
  const { hostname, pathname, search } = new URL(address);
  return `${hostname.replace(/^www\./, "")}${pathname.replace(/\/$/, "")}${search}`.toLowerCase();
}

/** Whether an address that a page gives for itself is this page's; in-page navigation leaves the old one behind. */
function isThisPage(address: string, page: string): boolean {
  return URL.canParse(address, page) && key(new URL(address, page).href) === key(page);
}

function fromJsonLd(document: Document, page: string): Candidate[] {
  const items = jsonLd(document);
  const about = (item: Fields, ...names: string[]): string[] => texts(item, "url", "mainEntityOfPage", "@id", ...names);
  const ofThisPage = (named: string[], unnamed: boolean): boolean =>
    named.length === 0 ? unnamed : named.some((address) => isThisPage(address, page));
  const candidates: Candidate[] = [];
  for (const item of items) {
    if (!hasType(item, "ProfilePage")) continue;
    const reference = fieldOf(item, "mainEntity");
    const entity =
      reference && Object.keys(reference).length === 1
        ? items.find((other) => other["@id"] === reference["@id"])
        : reference;
    if (!entity || !ofThisPage([...about(item), ...texts(entity, "url")], true)) continue;
    const address = hasType(entity, "Person") ? imageOf(entity) : null;
    if (address) candidates.push({ address, weight: WEIGHT.profilePage });
  }
  // Articles describe their author in the same words, under the author's own address.
  const article = items.some((item) =>
    ["Article", "NewsArticle", "BlogPosting", "Product"].some((type) => hasType(item, type)),
  );
  if (candidates.length > 0 || article) return candidates;
  for (const item of items) {
    const address = hasType(item, "Person") && ofThisPage(about(item), false) ? imageOf(item) : null;
    if (address) candidates.push({ address, weight: WEIGHT.person });
  }
  return candidates;
}

function addressIn(element: Element | null | undefined): string | null {
  if (!element) return null;
  if (element.localName === "img") return pictureAddress(element);
  const inner = element.querySelector("img");
  return inner ? pictureAddress(inner) : (element.getAttribute("content") ?? element.getAttribute("href"));
}

function fromMicrodata(document: Document): Candidate[] {
  const persons = [...document.querySelectorAll('[itemscope][itemtype$="schema.org/Person"]')];
  const headed = persons.filter((person) => person.querySelector("h1"));
  const [person, ...more] = headed.length > 0 ? headed : persons;
  const address = person && more.length === 0 ? addressIn(person.querySelector('[itemprop~="image"]')) : null;
  return address ? [{ address, weight: WEIGHT.microdata }] : [];
}

/** The card that stands for the page, by the rules of microformats.org: its uid, its rel=me, or the only one. */
function fromHCard(document: Document, page: string): Candidate[] {
  const cards = [...document.querySelectorAll(".h-card, .vcard")].filter(
    (card) => !card.parentElement?.closest(".h-entry, .hentry"),
  );
  const links = (card: Element, selector: string): boolean =>
    [...card.querySelectorAll(selector)].some((link) => isThisPage(link.getAttribute("href") ?? "", page));
  const card =
    cards.find((seen) => links(seen, "a.u-url.u-uid, a.url.uid")) ??
    cards.find((seen) => links(seen, "a.u-url, a.url")) ??
    (cards.length === 1 ? cards[0] : null);
  const address = addressIn(card?.querySelector(".u-photo, .photo"));
  return address ? [{ address, weight: WEIGHT.hCard }] : [];
}

/** Any large picture may be called so; one that the page shows as well is likely to be its person. */
function fromOpenGraph(document: Document, page: string): Candidate[] {
  const meta = (property: string): string | null =>
    document.querySelector(`meta[property="${property}"]`)?.getAttribute("content") ?? null;
  const url = meta("og:url");
  const image = meta("og:image");
  if (meta("og:type") !== "profile" || !image || !URL.canParse(image, page) || (url && !isThisPage(url, page)))
    return [];
  const address = new URL(image, page).href;
  const shown = [...document.querySelectorAll("img")].some((element) => {
    const seen = pictureAddress(element);
    return seen !== null && samePicture(seen, address);
  });
  return shown ? [{ address, weight: WEIGHT.openGraph }] : [];
}

/** Any other site: it is believed what it says of itself to machines, and nothing is guessed. */
export default {
  name: "",
  origins: { pages: [], pictures: [] },
  match: ({ protocol, origin, pathname, search }) =>
    /^https?:$/.test(protocol) ? `${origin}${pathname}${search}` : null,
  find(document, page) {
    const groups: Candidate[] = [];
    const found = [
      ...fromJsonLd(document, page),
      ...fromMicrodata(document),
      ...fromHCard(document, page),
      ...fromOpenGraph(document, page),
    ];
    for (const { address, weight } of found) {
      if (!URL.canParse(address, page)) continue;
      const full = new URL(address, page).href;
      const same = groups.find((group) => samePicture(group.address, full));
      if (same) same.weight += weight;
      else groups.push({ address: full, weight });
    }
    const [best, second] = groups.sort((a, b) => b.weight - a.weight);
    return best && best.weight - (second?.weight ?? 0) >= LEAD ? best.address : null;
  },
  larger: asItIs,
  isPlaceholder: (address) =>
    /(?:default|missing|no|anonymous|placeholder|blank)[-_]?(?:avatar|profile|photo|user|person)|mystery-?man|[?&]d=mp\b/i.test(
      address,
    ),
} satisfies Site;
