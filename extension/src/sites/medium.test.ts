// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./medium";
import { foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://medium.com/@ada.example";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, ["https://medium.com/@ada.example", "https://medium.com/@Ada.Example/about"]);
  expect(new Set(seen)).toEqual(new Set(["ada.example"]));
});

test("other pages are nobody's profile", () => {
  expect(
    profiles(site, [
      "https://medium.com/",
      "https://medium.com/@ada.example/a-story-1",
      "https://medium.com/tag/x",
    ]).filter((name) => name !== null),
  ).toEqual([]);
});

test("the largest square picture outside of the stories is the person's", () => {
  expect(foundIn(site, "medium", PROFILE)).toBe("https://miro.medium.com/v2/resize:fill:176:176/1*PERSON.jpeg");
});

test("a larger version is asked for where that works without an account", () => {
  expect(site.larger("https://miro.medium.com/v2/resize:fill:176:176/1*PERSON.jpeg")).toBe(
    "https://miro.medium.com/v2/1*PERSON.jpeg",
  );
  expect(site.larger("https://miro.medium.com/v2/da:true/resize:fill:88:88/0*P")).toBe(
    "https://miro.medium.com/v2/0*P",
  );
});

test("a person's own host is their profile", () => {
  expect(
    profiles(site, ["https://ada.medium.com/", "https://ada.medium.com/a-story-1", "https://help.medium.com/"]),
  ).toEqual(["ada", null, null]);
});
