// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./stackoverflow";
import { foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://stackoverflow.com/users/1/ada-example";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, [
    "https://stackoverflow.com/users/1/ada-example",
    "https://stackoverflow.com/users/1?tab=profile",
  ]);
  expect(new Set(seen)).toEqual(new Set(["1"]));
});

test("other pages are nobody's profile", () => {
  expect(
    profiles(site, [
      "https://stackoverflow.com/",
      "https://stackoverflow.com/users",
      "https://stackoverflow.com/questions/1/x",
    ]).filter((name) => name !== null),
  ).toEqual([]);
});

test("the person's picture is found", () => {
  expect(foundIn(site, "stackoverflow", PROFILE)).toBe("https://i.sstatic.net/PERSON.jpg?s=256");
});

test("a larger version is asked for where that works without an account", () => {
  expect(site.larger("https://i.sstatic.net/PERSON.jpg?s=256")).toBe("https://i.sstatic.net/PERSON.jpg");
  expect(site.larger("https://www.gravatar.com/avatar/a?s=256&d=identicon&r=PG")).toBe(
    "https://www.gravatar.com/avatar/a?s=800&d=identicon&r=PG",
  );
  expect(site.larger("https://lh3.googleusercontent.com/a/x=k-s256")).toBe(
    "https://lh3.googleusercontent.com/a/x=k-s256",
  );
});
