import { chooseLanguage, chosenLanguage, LANGUAGES } from "../shared/language";
import { chooseSensitivity, chosenSensitivity, SENSITIVITIES } from "../shared/sensitivity";
import { ownMachineAddress } from "../shared/server-address";
import {
  answerOrder,
  heatMapsShown,
  ORDERS,
  serverAddress,
  setAnswerOrder,
  setServerAddress,
  showHeatMaps,
} from "../shared/storage";

const KIND = "check-this-face settings";

/** What a person has set, as it goes into a file. Permissions belong to the browser and are not in it. */
export async function settings(): Promise<object> {
  return {
    kind: KIND,
    serverAddress: await serverAddress(),
    order: await answerOrder(),
    sensitivity: await chosenSensitivity(),
    heatMaps: await heatMapsShown(),
    language: await chosenLanguage(),
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

/** Takes over what a file of settings says; tells whether it is one. What is wrong in it is left out. */
export async function readSettings(text: string): Promise<boolean> {
  const read = fields(text);
  if (read?.kind !== KIND) return false;
  const address = ownMachineAddress(String(read.serverAddress));
  if (address) await setServerAddress(address);
  const order = ORDERS.find((known) => known === read.order);
  if (order) await setAnswerOrder(order);
  const sensitivity = SENSITIVITIES.find((known) => known === read.sensitivity);
  if (sensitivity) await chooseSensitivity(sensitivity);
  if (typeof read.heatMaps === "boolean") await showHeatMaps(read.heatMaps);
  const { language } = read;
  if (language === null || (typeof language === "string" && language in LANGUAGES)) await chooseLanguage(language);
  return true;
}
