import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const EXTENSION = fileURLToPath(new URL("../../../extension/", import.meta.url));
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** What axe finds fault with in a page by its usual rules (WCAG 2.2 A and AA, best practices): rule, element, what to do. */
export async function axeFindings(page) {
  await page.evaluate(await readFile(AXE, "utf8"));
  const { violations } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run(document));
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
  );
}

// The badge's shadow root is closed to everybody in a page; here it is open, so that it can be looked at.
const IN_PAGE = `
import { Badge } from "./badge";
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (how) { return attach.call(this, { ...how, mode: "open" }); };
globalThis.showBadge = (outcome) => new Badge("check", document.querySelector("#face")).show(outcome);
`;

/** Turns a page of the extension into one with a picture and the extension's own badge beside it, which tells the outcome. */
export async function withBadge(page, outcome) {
  const { build } = createRequire(join(EXTENSION, "package.json"))("esbuild");
  const { outputFiles } = await build({
    stdin: { contents: IN_PAGE, resolveDir: join(EXTENSION, "src/content"), loader: "js" },
    bundle: true,
    write: false,
    format: "iife",
    loader: { ".css": "text" },
  });
  await page.evaluate(() => {
    document.body.innerHTML = `<main><h1>Profile</h1><img id="face" alt="A face" width="256" height="256" src="sample.jpg"></main>`;
  });
  await page.evaluate(`${outputFiles[0].text};0`);
  await page.evaluate((outcome) => /** @type {any} */ (globalThis).showBadge(outcome), outcome);
}
