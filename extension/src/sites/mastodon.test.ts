// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./mastodon";
import { fixture, foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://mastodon.social/@ada";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, [
    "https://mastodon.social/@ada",
    "https://mastodon.social/@Ada/media",
    "https://mastodon.social/users/ada",
  ]);
  expect(new Set(seen)).toEqual(new Set(["ada"]));
});

test("other pages are nobody's profile", () => {
  expect(
    profiles(site, [
      "https://mastodon.social/",
      "https://mastodon.social/@ada/109",
      "https://mastodon.social/explore",
    ]).filter((name) => name !== null),
  ).toEqual([]);
});

test("the header's avatar is found", () => {
  expect(foundIn(site, "mastodon", PROFILE)).toBe(
    "https://cdn.mastodon.social/accounts/avatars/000/000/001/original/PERSON.jpg",
  );
});

test("the picture of people who have none is known", () => {
  expect(["https://example.social/avatars/original/missing.png"].map(site.isPlaceholder)).toEqual([true]);
  expect(site.isPlaceholder("https://cdn.mastodon.social/accounts/avatars/000/000/001/original/PERSON.jpg")).toBe(
    false,
  );
});

test("people of other servers have their server in the name", () => {
  expect(profiles(site, ["https://mastodon.social/@ada@else.example"])).toEqual(["ada@else.example"]);
});

test("a server that is not on the list is recognised by its page", () => {
  expect(site.runs(fixture("mastodon", "https://small.example/@ada"))).toBe(true);
  expect(site.runs(fixture("github", "https://small.example/@ada"))).toBe(false);
});
