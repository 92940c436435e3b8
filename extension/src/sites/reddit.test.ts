// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./reddit";
import { foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://www.reddit.com/user/ada_example/";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, [
    "https://www.reddit.com/user/ada_example/",
    "https://old.reddit.com/u/Ada_Example/comments/",
  ]);
  expect(new Set(seen)).toEqual(new Set(["ada_example"]));
});

test("other pages are nobody's profile", () => {
  expect(
    profiles(site, [
      "https://www.reddit.com/",
      "https://www.reddit.com/r/example/",
      "https://www.reddit.com/user/ada_example/comments/abc/title/",
    ]).filter((name) => name !== null),
  ).toEqual([]);
});

test("the person's icon is found, and no other's", () => {
  expect(foundIn(site, "reddit", PROFILE)).toBe(
    "https://styles.redditmedia.com/t5_1/styles/profileIcon_PERSON.jpg?width=256&height=256&crop=1:1&s=1",
  );
});

test("the picture of people who have none is known", () => {
  expect(
    [
      "https://www.redditstatic.com/avatars/defaults/v2/avatar_default_3.png",
      "https://i.redd.it/snoovatar/avatars/a.png",
    ].map(site.isPlaceholder),
  ).toEqual([true, true]);
  expect(
    site.isPlaceholder(
      "https://styles.redditmedia.com/t5_1/styles/profileIcon_PERSON.jpg?width=256&height=256&crop=1:1&s=1",
    ),
  ).toBe(false);
});
