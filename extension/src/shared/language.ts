import english from "../../static/_locales/en/messages.json";
import { say, speak, type Key, type Messages } from "../presentation/messages";

/** As the folders of `_locales` are called, each with the name that its speakers give it. */
export const LANGUAGES: Readonly<Record<string, string>> = {
  en: "English",
  de: "Deutsch",
  fr: "Français",
  es: "Español",
  pt: "Português",
  hi: "हिन्दी",
};

const KEY = "language";

/** What the person chose; null: the browser's own. */
export async function chosenLanguage(): Promise<string | null> {
  const { [KEY]: chosen } = await chrome.storage.local.get(KEY);
  return typeof chosen === "string" && chosen in LANGUAGES ? chosen : null;
}

export async function chooseLanguage(language: string | null): Promise<void> {
  await (language === null ? chrome.storage.local.remove(KEY) : chrome.storage.local.set({ [KEY]: language }));
}

function browserLanguage(): string {
  const language = chrome.i18n.getUILanguage().split("-")[0];
  return language in LANGUAGES ? language : "en";
}

export interface Spoken {
  language: string;
  messages: Messages;
}

async function read(): Promise<Spoken> {
  const language = (await chosenLanguage()) ?? browserLanguage();
  if (language === "en") return { language, messages: english };
  const file = await fetch(chrome.runtime.getURL(`_locales/${language}/messages.json`));
  return { language, messages: (await file.json()) as Messages };
}

let reading: Promise<Spoken> | null = null;

/** The language to speak with its texts, which from then on are spoken here. Not for content scripts: they may read no file. */
export function spoken(): Promise<Spoken> {
  reading ??= read().then((found) => {
    speak(found.language, found.messages);
    return found;
  });
  return reading;
}

/** Calls back when another language has been chosen and is spoken. */
export function onLanguage(changed: () => void): void {
  chrome.storage.local.onChanged.addListener((changes) => {
    if (!(KEY in changes)) return;
    reading = null;
    void spoken().then(changed);
  });
}

/** Fills a page of the extension: `data-say` names the text of an element, `data-say-label` its label for screen readers. */
export async function fillPage(): Promise<void> {
  document.documentElement.lang = (await spoken()).language;
  for (const element of document.querySelectorAll<HTMLElement>("[data-say]")) {
    element.textContent = say(element.dataset.say as Key);
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-say-label]")) {
    element.setAttribute("aria-label", say(element.dataset.sayLabel as Key));
  }
}
