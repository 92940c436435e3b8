import { readdirSync, readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import english from "../../static/_locales/en/messages.json";
import { percent, say, speak, type Messages } from "../presentation/messages";
import { LANGUAGES } from "./language";

const LOCALES = new URL("../../static/_locales/", import.meta.url);
const STATIC = new URL("../../static/", import.meta.url);

const messagesOf = (language: string): Messages =>
  JSON.parse(readFileSync(new URL(`${language}/messages.json`, LOCALES), "utf8")) as Messages;

/** The names of the placeholders in a text, each as often as it stands there once. */
const used = (text: string): string[] => [...new Set(text.match(/\$\w+\$/g))].sort();

afterEach(() => speak("en", english));

test("the languages to choose from are those there are texts for", () => {
  expect(readdirSync(LOCALES).sort()).toEqual(Object.keys(LANGUAGES).sort());
});

test.each(Object.keys(LANGUAGES))("%s has every text, with every placeholder", (language) => {
  const messages = messagesOf(language);
  expect(Object.keys(messages)).toEqual(Object.keys(english));
  for (const [key, { message, placeholders = {} }] of Object.entries(english as Messages)) {
    expect(used(messages[key].message), `${language} ${key}`).toEqual(used(message));
    expect(messages[key].placeholders ?? {}, `${language} ${key}`).toEqual(placeholders);
    expect(messages[key].message.trim(), `${language} ${key}`).not.toBe("");
  }
});

test("no placeholder of a text is unknown", () => {
  for (const [key, { message, placeholders = {} }] of Object.entries(english as Messages)) {
    expect(used(message), key).toEqual(
      Object.keys(placeholders)
        .map((name) => `$${name.toUpperCase()}$`)
        .sort(),
    );
  }
});

test("pages have no words of their own", () => {
  for (const name of readdirSync(STATIC).filter((file) => file.endsWith(".html"))) {
    const page = readFileSync(new URL(name, STATIC), "utf8");
    const shown = page.replace(/<title>.*<\/title>/, "").replace(/<[^>]*>/g, "");
    expect(shown.trim(), name).toBe("");
    for (const [, key] of page.matchAll(/data-say(?:-label)?="(\w+)"/g))
      expect(Object.keys(english), name).toContain(key);
  }
});

test("values stand where the language puts them", () => {
  speak("de", messagesOf("de"));
  expect(say("sweep_progress", 2, 7)).toBe("2 von 7 Bildern geprüft");
  speak("hi", messagesOf("hi"));
  expect(say("sweep_progress", 2, 7)).toMatch(/^7 .* 2 /);
});

test("percentages are written as the language does", () => {
  speak("de", messagesOf("de"));
  expect(percent(0.973)).toBe("97\u00a0%");
  expect(percent(0.999)).toBe("über 99\u00a0%");
});
