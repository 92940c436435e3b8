// @vitest-environment happy-dom
import { expect, test } from "vitest";
import site from "./generic";
import { foundIn } from "./shared/fixture";

const ADA = "https://people.example/ada";
const PERSON = "https://people.example/pictures/PERSON.jpg";

for (const [name, picture] of [
  ["profile-page", "https://people.example/pictures/PERSON-800x800.jpg"],
  ["microdata", PERSON],
  ["h-card", PERSON],
  ["open-graph", "https://people.example/pictures/PERSON_large.jpg"],
] as const) {
  test(`a page says whose profile it is: ${name}`, () => {
    expect(foundIn(site, `generic-${name}`, ADA)).toBe(picture);
  });
}

test("an article's author is not the page's person", () => {
  expect(foundIn(site, "generic-article", "https://people.example/story")).toBeNull();
});

test("a picture that the page names for previews but does not show is no answer", () => {
  expect(foundIn(site, "generic-open-graph-alone", ADA)).toBeNull();
});

test("two candidates that stand close are no answer", () => {
  expect(foundIn(site, "generic-two-candidates", ADA)).toBeNull();
});

for (const name of ["profile-page", "open-graph"]) {
  test(`after in-page navigation what the page said of the one before is not believed: ${name}`, () => {
    expect(foundIn(site, `generic-${name}`, "https://people.example/else")).toBeNull();
  });
}

test("a page is the same page with another hash", () => {
  const match = (address: string) => site.match(new URL(address));
  expect(match(`${ADA}#about`)).toBe(match(ADA));
  expect(match("file:///ada.html")).toBeNull();
});
