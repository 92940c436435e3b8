// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./youtube";
import { foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://www.youtube.com/@ada";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, ["https://www.youtube.com/@ada", "https://www.youtube.com/@Ada/videos"]);
  expect(new Set(seen)).toEqual(new Set(["@ada"]));
});

test("other pages are nobody's profile", () => {
  expect(
    profiles(site, [
      "https://www.youtube.com/",
      "https://www.youtube.com/watch?v=a",
      "https://www.youtube.com/feed/subscriptions",
    ]).filter((name) => name !== null),
  ).toEqual([]);
});

test("the channel's picture is found", () => {
  expect(foundIn(site, "youtube", PROFILE)).toBe("https://yt3.googleusercontent.com/PERSON=s160-c-k-c0x00ffffff-no-rj");
});

test("a larger version is asked for where that works without an account", () => {
  expect(site.larger("https://yt3.googleusercontent.com/PERSON=s160-c-k-c0x00ffffff-no-rj")).toBe(
    "https://yt3.googleusercontent.com/PERSON=s512",
  );
});

test("channels are known by number too", () => {
  expect(profiles(site, ["https://www.youtube.com/channel/UCx/about"])).toEqual(["channel/UCx"]);
});
