// @vitest-environment happy-dom
import { readdirSync } from "node:fs";
import { join } from "node:path";
import every from "every-site";
import { expect, test } from "vitest";
import { fixture } from "./fixture";
import { covers, namedSite, originsOf, siteOf } from "./registry";

test("every file in src/sites is a site", () => {
  const files = readdirSync(join(import.meta.dirname, "..")).filter((name) => /^[\w-]+\.ts$/.test(name));
  expect(every.length).toBe(files.length - 1); // all but the generic one
  expect(new Set(every.map((site) => site.name)).size).toBe(every.length);
});

test("no two sites claim one page", () => {
  for (const site of every) {
    for (const pattern of site.origins.pages) {
      const url = new URL(pattern.replace("*.", "").replace("*", ""));
      expect(namedSite(url)?.name, pattern).toBe(site.name);
    }
  }
});

test("match patterns cover what browsers say they do", () => {
  const covered = (pattern: string, address: string) => covers(pattern, new URL(address));
  expect(covered("https://*.a.example/*", "https://a.example/x")).toBe(true);
  expect(covered("https://*.a.example/*", "https://b.a.example/")).toBe(true);
  expect(covered("https://*.a.example/*", "https://ba.example/")).toBe(false);
  expect(covered("https://a.example/*", "https://b.a.example/")).toBe(false);
  expect(covered("https://a.example/*", "http://a.example/")).toBe(false);
});

test("a page of software that anybody may run follows that software's rules, any other page the general ones", () => {
  const url = new URL("https://small.example/@ada");
  expect(siteOf(url, fixture("mastodon", url.href)).name).toBe("Mastodon");
  expect(siteOf(url, fixture("generic-h-card", url.href)).name).toBe("");
});

test("a site that is not known asks for its own hosts and for the one where its picture lies", () => {
  const url = new URL("https://people.example/ada");
  expect(originsOf(url, "https://cdn.example/a.jpg")).toEqual({
    pages: ["https://people.example/*"],
    pictures: ["https://*.people.example/*", "https://cdn.example/*"],
  });
  expect(originsOf(url, null).pictures).toEqual(["https://*.people.example/*"]);
  expect(originsOf(new URL("https://de.linkedin.com/in/ada"), null).pictures).toEqual(["https://media.licdn.com/*"]);
});
