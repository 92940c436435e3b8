// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./threads";
import { foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://www.threads.com/@ada.example";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, ["https://www.threads.com/@ada.example", "https://www.threads.net/@Ada.Example/replies"]);
  expect(new Set(seen)).toEqual(new Set(["ada.example"]));
});

test("other pages are nobody's profile", () => {
  expect(
    profiles(site, [
      "https://www.threads.com/",
      "https://www.threads.com/@ada.example/post/abc",
      "https://www.threads.com/search",
    ]).filter((name) => name !== null),
  ).toEqual([]);
});

test("the header's picture is found, and no author's beside a post", () => {
  expect(foundIn(site, "threads", PROFILE)).toBe(
    "https://scontent-fra1.cdninstagram.com/v/t51.2885-19/PERSON_n.jpg?stp=s150x150&oh=1",
  );
});

test("the picture of people who have none is known", () => {
  expect(
    ["https://scontent-fra1.cdninstagram.com/v/t51.2885-19/44884218_345707102882519_2446069589734326272_n.jpg"].map(
      site.isPlaceholder,
    ),
  ).toEqual([true]);
  expect(site.isPlaceholder("https://scontent-fra1.cdninstagram.com/v/t51.2885-19/PERSON_n.jpg")).toBe(false);
});
