// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./telegram";
import { foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://t.me/ada_example";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, ["https://t.me/ada_example", "https://telegram.me/Ada_Example/"]);
  expect(new Set(seen)).toEqual(new Set(["ada_example"]));
});

test("other pages are nobody's profile", () => {
  expect(
    profiles(site, [
      "https://t.me/",
      "https://t.me/s/example",
      "https://t.me/joinchat/abc",
      "https://t.me/+abc",
      "https://t.me/ada_example/5",
    ]).filter((name) => name !== null),
  ).toEqual([]);
});

test("the person's picture is found", () => {
  expect(foundIn(site, "telegram", PROFILE)).toBe("https://cdn4.telesco.pe/file/PERSON.jpg");
});

test("the picture of people who have none is known", () => {
  expect(["data:image/svg+xml;base64,AAAA"].map(site.isPlaceholder)).toEqual([true]);
  expect(site.isPlaceholder("https://cdn4.telesco.pe/file/PERSON.jpg")).toBe(false);
});
