// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./bumble";
import { foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://bumble.com/app";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, ["https://bumble.com/app", "https://eu1.bumble.com/app/connections"]);
  expect(new Set(seen)).toEqual(new Set([""]));
});

test("other pages are nobody's profile", () => {
  expect(profiles(site, ["https://bumble.com/", "https://bumble.com/en/help"]).filter((name) => name !== null)).toEqual(
    [],
  );
});

test("the picture of the card is found, and no template of one", () => {
  expect(foundIn(site, "bumble", PROFILE)).toBe("https://pd1eu.bumbcdn.com/p100/hidden?euri=PERSON&size=920x920&ck=1");
});

test("the picture of people who have none is known", () => {
  expect(["https://eu1.bumbcdn.com/i/big/assets/bumble/icon.png"].map(site.isPlaceholder)).toEqual([true]);
  expect(site.isPlaceholder("https://pd1eu.bumbcdn.com/p100/hidden?euri=PERSON")).toBe(false);
});
