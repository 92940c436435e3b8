// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./facebook";
import { foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://www.facebook.com/ada.example";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, [
    "https://www.facebook.com/ada.example",
    "https://m.facebook.com/Ada.Example/about",
    "https://www.facebook.com/ada.example/#x",
  ]);
  expect(new Set(seen)).toEqual(new Set(["ada.example"]));
});

test("other pages are nobody's profile", () => {
  expect(
    profiles(site, [
      "https://www.facebook.com/",
      "https://www.facebook.com/watch",
      "https://www.facebook.com/groups/1",
      "https://www.facebook.com/photo/?fbid=1",
      "https://www.facebook.com/marketplace/item/1",
      "https://www.facebook.com/ada.example/posts/1",
    ]).filter((name) => name !== null),
  ).toEqual([]);
});

test("the large picture in the page's SVG is found, not the reader's own", () => {
  expect(foundIn(site, "facebook", PROFILE)).toBe(
    "https://scontent.xx.fbcdn.net/v/t39.30808-1/PERSON_n.jpg?stp=c0.107.1073.1073a_s480x480_tt6&oh=1&oe=1",
  );
});

test("the picture of people who have none is known", () => {
  expect(
    ["https://scontent.xx.fbcdn.net/v/t1.30497-1/453178253_471506465671661_2781666950760530985_n.png?stp=x"].map(
      site.isPlaceholder,
    ),
  ).toEqual([true]);
  expect(site.isPlaceholder("https://scontent.xx.fbcdn.net/v/t39.30808-1/PERSON_n.jpg")).toBe(false);
});

test("numbered profiles are people too", () => {
  const numbered = [
    "https://www.facebook.com/profile.php?id=7&sk=about",
    "https://www.facebook.com/people/Ada-Example/7/",
    "https://www.facebook.com/marketplace/profile/7/",
  ];
  expect(profiles(site, numbered)).toEqual(["7", "7", "7"]);
});
