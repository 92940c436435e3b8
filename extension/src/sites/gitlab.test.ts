// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./gitlab";
import { foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://gitlab.com/ada";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, ["https://gitlab.com/ada", "https://gitlab.com/users/Ada/projects"]);
  expect(new Set(seen)).toEqual(new Set(["ada"]));
});

test("other pages are nobody's profile", () => {
  expect(
    profiles(site, [
      "https://gitlab.com/",
      "https://gitlab.com/explore",
      "https://gitlab.com/ada/project",
      "https://gitlab.com/-/profile",
    ]).filter((name) => name !== null),
  ).toEqual([]);
});

test("the person's avatar is found", () => {
  expect(foundIn(site, "gitlab", PROFILE)).toBe(
    "https://gitlab.com/uploads/-/system/user/avatar/1/avatar.png?width=96",
  );
});

test("a larger version is asked for where that works without an account", () => {
  expect(site.larger("https://gitlab.com/uploads/-/system/user/avatar/1/avatar.png?width=96")).toBe(
    "https://gitlab.com/uploads/-/system/user/avatar/1/avatar.png",
  );
  expect(site.larger("https://secure.gravatar.com/avatar/a?s=192&d=identicon")).toBe(
    "https://secure.gravatar.com/avatar/a?s=800&d=identicon",
  );
});

test("the picture of people who have none is known", () => {
  expect(
    ["https://gitlab.com/assets/no_avatar-849f9c04a3a0d0cea2424ae97b27447dc64a7dbfae83c036c45b403392f0e8ba.png"].map(
      site.isPlaceholder,
    ),
  ).toEqual([true]);
  expect(site.isPlaceholder("https://gitlab.com/uploads/-/system/user/avatar/1/avatar.png")).toBe(false);
});
