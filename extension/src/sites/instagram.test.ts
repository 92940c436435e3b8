// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./instagram";
import { foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://www.instagram.com/ada.example/";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, [
    "https://www.instagram.com/ada.example/",
    "https://www.instagram.com/Ada.Example/reels/",
    "https://www.instagram.com/ada.example/tagged/#x",
  ]);
  expect(new Set(seen)).toEqual(new Set(["ada.example"]));
});

test("other pages are nobody's profile", () => {
  expect(
    profiles(site, [
      "https://www.instagram.com/",
      "https://www.instagram.com/p/abc/",
      "https://www.instagram.com/explore/",
      "https://www.instagram.com/stories/ada/1/",
      "https://www.instagram.com/ada.example/p/abc/",
    ]).filter((name) => name !== null),
  ).toEqual([]);
});

test("the picture in the header is found in any language", () => {
  expect(foundIn(site, "instagram", PROFILE)).toBe(
    "https://scontent-fra1.cdninstagram.com/v/t51.82787-19/PERSON_n.jpg?stp=dst-jpg_s150x150_tt6&oh=1",
  );
});

test("the picture of people who have none is known", () => {
  expect(
    [
      "https://scontent-fra1.cdninstagram.com/v/t51.2885-19/44884218_345707102882519_2446069589734326272_n.jpg?stp=x",
      "https://scontent-fra1.cdninstagram.com/v/t51.2885-19/a_n.jpg?ig_cache_key=YW5vbnltb3VzX3Byb2ZpbGVfcGlj.3",
    ].map(site.isPlaceholder),
  ).toEqual([true, true]);
  expect(site.isPlaceholder("https://scontent-fra1.cdninstagram.com/v/t51.82787-19/PERSON_n.jpg")).toBe(false);
});
