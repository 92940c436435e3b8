// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./vk";
import { foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://vk.com/ada_example";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, ["https://vk.com/ada_example", "https://m.vk.ru/Ada_Example"]);
  expect(new Set(seen)).toEqual(new Set(["ada_example"]));
});

test("other pages are nobody's profile", () => {
  expect(
    profiles(site, [
      "https://vk.com/",
      "https://vk.com/feed",
      "https://vk.com/club1",
      "https://vk.com/wall-1_2",
    ]).filter((name) => name !== null),
  ).toEqual([]);
});

test("the profile's picture is found, not the reader's", () => {
  expect(foundIn(site, "vk", PROFILE)).toBe(
    "https://sun9-1.userapi.com/s/v1/ig2/PERSON.jpg?quality=95&as=32x32,100x100,200x200,640x640,480x480&ava=1&cs=200x200",
  );
});

test("a larger version is asked for where that works without an account", () => {
  expect(
    site.larger(
      "https://sun9-1.userapi.com/s/v1/ig2/PERSON.jpg?quality=95&as=32x32,100x100,200x200,640x640,480x480&ava=1&cs=200x200",
    ),
  ).toBe(
    "https://sun9-1.userapi.com/s/v1/ig2/PERSON.jpg?quality=95&as=32x32,100x100,200x200,640x640,480x480&ava=1&cs=640x640",
  );
});

test("the picture of people who have none is known", () => {
  expect(["https://vk.com/images/camera_200.png"].map(site.isPlaceholder)).toEqual([true]);
  expect(
    site.isPlaceholder(
      "https://sun9-1.userapi.com/s/v1/ig2/PERSON.jpg?quality=95&as=32x32,100x100,200x200,640x640,480x480&ava=1&cs=200x200",
    ),
  ).toBe(false);
});
