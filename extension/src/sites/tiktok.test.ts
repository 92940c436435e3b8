// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./tiktok";
import { foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://www.tiktok.com/@ada.example";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, ["https://www.tiktok.com/@ada.example", "https://www.tiktok.com/@Ada.Example?lang=en"]);
  expect(new Set(seen)).toEqual(new Set(["ada.example"]));
});

test("other pages are nobody's profile", () => {
  expect(
    profiles(site, [
      "https://www.tiktok.com/",
      "https://www.tiktok.com/@ada.example/video/1",
      "https://www.tiktok.com/foryou",
    ]).filter((name) => name !== null),
  ).toEqual([]);
});

test("the header's avatar is found", () => {
  expect(foundIn(site, "tiktok", PROFILE)).toBe(
    "https://p16-common-sign.tiktokcdn-eu.com/tos-useast2a-avt-0068-giso/PERSON~tplv-tiktokx-cropcenter:1080:1080.jpeg?dr=14579&x-expires=1&x-signature=s",
  );
});

test("the picture of people who have none is known", () => {
  expect(
    ["https://p16-sign.tiktokcdn.com/musically-maliva-obj/1594805258216454~c5_720x720.jpeg"].map(site.isPlaceholder),
  ).toEqual([true]);
  expect(
    site.isPlaceholder(
      "https://p16-common-sign.tiktokcdn-eu.com/tos-useast2a-avt-0068-giso/PERSON~tplv-tiktokx-cropcenter:1080:1080.jpeg?dr=14579&x-expires=1&x-signature=s",
    ),
  ).toBe(false);
});
