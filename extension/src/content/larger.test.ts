// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { largerVersions } from "./larger";

const PAGE = "https://page.example/album/";

/** What a page at this address knows of its picture. */
function larger(html: string, address = PAGE): string[] {
  (window as unknown as { happyDOM: { setURL: (address: string) => void } }).happyDOM.setURL(address);
  document.body.innerHTML = html;
  const element = document.querySelector("img") as HTMLImageElement;
  return largerVersions({ element, src: element.src });
}

test("a link around the picture to a picture file is a larger version", () => {
  expect(larger('<a href="large.JPG?v=1"><img src="small.jpg"></a>')).toEqual([`${PAGE}large.JPG?v=1`]);
});

test("a link to a page is none", () => {
  expect(larger('<a href="person.html"><img src="small.jpg"></a>')).toEqual([]);
});

test("the largest of the picture's own choices is one, and of those beside it", () => {
  expect(larger('<img src="s.jpg" srcset="s.jpg 40w, l.jpg 4000w">')).toEqual([`${PAGE}l.jpg`]);
  const beside = '<picture><source srcset="m.webp 1x, l.webp 2x"><img src="s.jpg"></picture>';
  expect(larger(beside)).toEqual([`${PAGE}l.webp`]);
});

test("a site that is known by name says how its addresses are enlarged", () => {
  const small = "https://pbs.twimg.com/profile_images/1/h_normal.jpg";
  expect(larger(`<img src="${small}">`, "https://x.com/Ada")).toEqual(["https://pbs.twimg.com/profile_images/1/h.jpg"]);
});

test("the picture itself is no larger version of it", () => {
  expect(larger('<a href="a.jpg"><img src="a.jpg" srcset="a.jpg 2x"></a>')).toEqual([]);
});
