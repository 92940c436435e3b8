// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./x";
import { fixture, foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://x.com/Ada_Example";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, [
    "https://x.com/Ada_Example",
    "https://twitter.com/ada_example/with_replies",
    "https://x.com/ada_example/photo",
    "https://x.com/ada_example#x",
  ]);
  expect(new Set(seen)).toEqual(new Set(["ada_example"]));
});

test("other pages are nobody's profile", () => {
  expect(
    profiles(site, [
      "https://x.com/home",
      "https://x.com/ada_example/status/1",
      "https://x.com/i/flow/login",
      "https://x.com/",
      "https://x.com/a-name-with-dashes",
    ]).filter((name) => name !== null),
  ).toEqual([]);
});

test("the picture under the overlays is found, and no other person's", () => {
  expect(foundIn(site, "x", PROFILE)).toBe("https://pbs.twimg.com/profile_images/1/PERSON_400x400.jpg");
});

test("a larger version is asked for where that works without an account", () => {
  expect(site.larger("https://pbs.twimg.com/profile_images/1/PERSON_400x400.jpg")).toBe(
    "https://pbs.twimg.com/profile_images/1/PERSON.jpg",
  );
  expect(site.larger("https://pbs.twimg.com/profile_images/1/a_b_normal.png")).toBe(
    "https://pbs.twimg.com/profile_images/1/a_b.png",
  );
  expect(site.larger("https://pbs.twimg.com/profile_images/1/PERSON.jpg")).toBe(
    "https://pbs.twimg.com/profile_images/1/PERSON.jpg",
  );
});

test("the picture of people who have none is known", () => {
  expect(
    ["https://abs.twimg.com/sticky/default_profile_images/default_profile_400x400.png"].map(site.isPlaceholder),
  ).toEqual([true]);
  expect(site.isPlaceholder("https://pbs.twimg.com/profile_images/1/PERSON_400x400.jpg")).toBe(false);
});

test("after in-page navigation the old profile's description is not believed", () => {
  const page = fixture("x", "https://x.com/someone_else");
  expect(site.find(page, "someone_else")).toBeNull();
});
