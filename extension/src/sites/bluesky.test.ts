// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./bluesky";
import { foundIn, profiles } from "./shared/fixture";

const PROFILE = "https://bsky.app/profile/ada.example";

test("one person has one name, whatever part of their profile is open", () => {
  const seen = profiles(site, [
    "https://bsky.app/profile/ada.example",
    "https://bsky.app/profile/Ada.Example/followers",
  ]);
  expect(new Set(seen)).toEqual(new Set(["ada.example"]));
});

test("other pages are nobody's profile", () => {
  expect(
    profiles(site, [
      "https://bsky.app/",
      "https://bsky.app/profile/ada.example/post/1",
      "https://bsky.app/search",
    ]).filter((name) => name !== null),
  ).toEqual([]);
});

test("the avatar is found, not the banner that the head names", () => {
  expect(foundIn(site, "bluesky", PROFILE)).toBe("https://cdn.bsky.app/img/avatar/plain/did:plc:person/PERSON@jpeg");
});

test("a larger version is asked for where that works without an account", () => {
  expect(site.larger("https://cdn.bsky.app/img/avatar/plain/did:plc:person/PERSON@jpeg")).toBe(
    "https://cdn.bsky.app/img/feed_fullsize/plain/did:plc:person/PERSON@jpeg",
  );
});

test("of a profile named by DID the picture with that DID is found", () => {
  const address = "https://bsky.app/profile/did:plc:other";
  expect(foundIn(site, "bluesky", address)).toBe(
    "https://cdn.bsky.app/img/avatar_thumbnail/plain/did:plc:other/OTHER@jpeg",
  );
});
