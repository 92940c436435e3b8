// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./github";
import { foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://github.com/ada-example";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, ["https://github.com/ada-example", "https://github.com/Ada-Example?tab=repositories"]);
  expect(new Set(seen)).toEqual(new Set(["ada-example"]));
});

test("other pages are nobody's profile", () => {
  expect(
    profiles(site, [
      "https://github.com/",
      "https://github.com/settings",
      "https://github.com/ada-example/project",
    ]).filter((name) => name !== null),
  ).toEqual([]);
});

test("the person's avatar is found, not the reader's", () => {
  expect(foundIn(site, "github", PROFILE)).toBe("https://avatars.githubusercontent.com/u/1?v=4");
});

test("an organisation is nobody", () => {
  expect(foundIn(site, "github-organization", PROFILE)).toBe(null);
});

test("a larger version is asked for where that works without an account", () => {
  expect(site.larger("https://avatars.githubusercontent.com/u/1?s=64&v=4")).toBe(
    "https://avatars.githubusercontent.com/u/1?s=460&v=4",
  );
  expect(site.larger("https://avatars.githubusercontent.com/u/1?v=4")).toBe(
    "https://avatars.githubusercontent.com/u/1?v=4&s=460",
  );
});
