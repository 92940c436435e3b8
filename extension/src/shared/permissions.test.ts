import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { manifestFor, type Browser } from "../../targets.mjs";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

const CHROME = JSON.parse(read("../../static/manifest.json")) as chrome.runtime.ManifestV3 & Record<string, unknown>;

const manifests: [Browser, Record<string, unknown>][] = (["chrome", "firefox"] as const).map((browser) => [
  browser,
  manifestFor(CHROME as Parameters<typeof manifestFor>[0], browser, "1.0.0"),
]);

/** What one browser alone is asked for. */
const ONLY: Record<string, Browser> = { offscreen: "chrome", contextMenus: "chrome", menus: "firefox" };

/** The permissions that a table of PERMISSIONS.md gives a reason for. */
function reasoned(title: string): string[] {
  const [, section] = read("../../PERMISSIONS.md").split(`## ${title}\n`);
  const [table] = section.split("\n## ");
  return [...table.matchAll(/^\| `(.+?)` \| \S.+ \|$/gm)].map(([, name]) => name);
}

test.each(manifests)(
  "%s: each permission at installation has its written reason, and no other is asked for",
  (browser, manifest) => {
    const written = reasoned("Granted at installation").filter((name) => (ONLY[name] ?? browser) === browser);
    expect([...(manifest.permissions as string[]), ...(manifest.host_permissions as string[])].sort()).toEqual(
      written.sort(),
    );
  },
);

test.each(manifests)("%s: each permission that may be asked for later has its written reason", (_, manifest) => {
  expect(manifest.optional_host_permissions).toEqual(reasoned("Asked for when it is needed"));
  expect(manifest.optional_permissions).toBeUndefined();
});

test.each(manifests)("%s: no page can reach the extension, and none is entered in advance", (_, manifest) => {
  expect(manifest.web_accessible_resources ?? []).toEqual([]);
  expect(manifest.externally_connectable ?? {}).toEqual({});
  expect(manifest.content_scripts ?? []).toEqual([]);
});
