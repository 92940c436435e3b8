// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./tinder";
import { foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://tinder.com/app/recs";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, [
    "https://tinder.com/app/recs",
    "https://tinder.com/app/recs/profile",
    "https://tinder.com/app/messages/1",
  ]);
  expect(new Set(seen)).toEqual(new Set([""]));
});

test("other pages are nobody's profile", () => {
  expect(
    profiles(site, ["https://tinder.com/", "https://tinder.com/app/settings"]).filter((name) => name !== null),
  ).toEqual([]);
});

test("the picture of the card that is shown is found in its background", () => {
  expect(foundIn(site, "tinder", PROFILE)).toBe(
    "https://images-ssl.gotinder.com/u/PERSON/1.webp?Policy=p&Signature=s&Key-Pair-Id=k",
  );
});

test("a larger version is asked for where that works without an account", () => {
  expect(site.larger("https://images-ssl.gotinder.com/1/640x640_a-b.jpg")).toBe(
    "https://images-ssl.gotinder.com/1/original_a-b.jpeg",
  );
  expect(site.larger("https://images-ssl.gotinder.com/u/PERSON/1.webp?Policy=p&Signature=s&Key-Pair-Id=k")).toBe(
    "https://images-ssl.gotinder.com/u/PERSON/1.webp?Policy=p&Signature=s&Key-Pair-Id=k",
  );
});
