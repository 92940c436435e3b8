import { chooseLanguage, chosenLanguage, LANGUAGES } from "../shared/language";
import { chooseSensitivity, chosenSensitivity, SENSITIVITIES } from "../shared/sensitivity";
import { addressOf, isOwnMachine } from "../shared/server-address";
import { answerOrder, heatMapsShown, ORDERS, server, setAnswerOrder, setServer, showHeatMaps } from "../shared/storage";
import { watchedSites, type WatchedSite } from "../shared/watched-sites";

const KIND = "check-this-face settings";

/**
 * What a person has set, as it goes into a file. Permissions belong to the browser and are not in it, and neither is the
 * server's token: files are passed on.
 */
export async function settings(): Promise<object> {
  return {
    kind: KIND,
    serverAddress: (await server()).address,
    order: await answerOrder(),
    sensitivity: await chosenSensitivity(),
    heatMaps: await heatMapsShown(),
    language: await chosenLanguage(),
    sites: (await watchedSites()).map(({ name, pages, pictures }) => ({ name, pages, pictures })),
  };
}

function fields(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

// One host and its subdomains at the most: a file that asks for all sites is none of ours.
const ORIGIN = /^(?:https?|\*):\/\/(?:\*\.)?[\w-]+(?:\.[\w-]+)*\/\*$/;

function isOrigins(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((origin) => typeof origin === "string" && ORIGIN.test(origin));
}

function isSite(value: unknown): value is WatchedSite {
  const { name, pages, pictures } = (value ?? {}) as Record<string, unknown>;
  return typeof name === "string" && isOrigins(pages) && pages.length > 0 && isOrigins(pictures);
}

/** What a file of settings leaves to the person. */
export interface Left {
  /** Sites to be switched on, which needs permissions. */
  sites: WatchedSite[];
}

/** Takes over what a file of settings says; null where it is none. What is wrong in it is left out. */
export async function readSettings(text: string): Promise<Left | null> {
  const read = fields(text);
  if (read?.kind !== KIND) return null;
  const address = addressOf(String(read.serverAddress));
  // Another machine's is entered by the person, with its token.
  if (address && isOwnMachine(address)) await setServer({ address, token: "" });
  const order = ORDERS.find((known) => known === read.order);
  if (order) await setAnswerOrder(order);
  const sensitivity = SENSITIVITIES.find((known) => known === read.sensitivity);
  if (sensitivity) await chooseSensitivity(sensitivity);
  if (typeof read.heatMaps === "boolean") await showHeatMaps(read.heatMaps);
  const { language } = read;
  if (language === null || (typeof language === "string" && language in LANGUAGES)) await chooseLanguage(language);
  const on = (await watchedSites()).map(({ pages }) => pages.join());
  const sites = Array.isArray(read.sites) ? (read.sites as unknown[]).filter(isSite) : [];
  return { sites: sites.filter(({ pages }) => !on.includes(pages.join())) };
}
