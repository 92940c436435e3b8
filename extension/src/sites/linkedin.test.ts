// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./linkedin";
import { foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://www.linkedin.com/in/ada-example/";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, [
    "https://www.linkedin.com/in/ada-example/",
    "https://www.linkedin.com/in/Ada-Example#about",
    "https://de.linkedin.com/in/ada-example?trk=x",
    "https://www.linkedin.com/in/ada-example/details/experience/",
    "https://www.linkedin.com/in/ada-example/overlay/photo/",
  ]);
  expect(new Set(seen)).toEqual(new Set(["ada-example"]));
});

test("other pages are nobody's profile", () => {
  expect(
    profiles(site, [
      "https://www.linkedin.com/feed/",
      "https://www.linkedin.com/company/example/",
      "https://www.linkedin.com/",
    ]).filter((name) => name !== null),
  ).toEqual([]);
});

test("the design of 2026 holds the largest picture in its srcset", () => {
  expect(foundIn(site, "linkedin-sdui", PROFILE)).toBe(
    "https://media.licdn.com/dms/image/v2/PERSON/profile-displayphoto-scale_400_400/B4E/0/1?e=1&v=beta&t=p400",
  );
});

test("in the older design a larger one elsewhere on the page is taken, of the same person only", () => {
  expect(foundIn(site, "linkedin-ember", PROFILE)).toBe(
    "https://media.licdn.com/dms/image/v2/PERSON/profile-framedphoto-shrink_400_400/B4E/0/1?e=1&v=beta&t=p400",
  );
});

test("the public page's picture is known before it is loaded", () => {
  expect(foundIn(site, "linkedin-public", PROFILE)).toBe(
    "https://media.licdn.com/dms/image/v2/PERSON/profile-displayphoto-shrink_200_200/B4E/0/1?e=1&v=beta&t=p200",
  );
});

test("who has no picture has a ghost", () => {
  expect(foundIn(site, "linkedin-ghost", PROFILE)).toBe(
    "https://static.licdn.com/aero-v1/sc/h/9c8pery4andzj6ohjkjp54ma2",
  );
});

test("the picture of people who have none is known", () => {
  expect(["https://static.licdn.com/aero-v1/sc/h/9c8pery4andzj6ohjkjp54ma2"].map(site.isPlaceholder)).toEqual([true]);
  expect(
    site.isPlaceholder("https://media.licdn.com/dms/image/v2/PERSON/profile-displayphoto-shrink_200_200/a/0/1?e=1"),
  ).toBe(false);
});
