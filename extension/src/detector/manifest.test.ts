import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BundleError, parseManifest, type Manifest } from "./manifest";

type Json = Record<string, unknown>;

// The bundle that the extension was built with.
const TEXT = readFileSync(new URL("../../dist/chrome/bundle/manifest.json", import.meta.url), "utf8");

function changed(path: string[], value: unknown): unknown {
  const manifest = JSON.parse(TEXT) as Json;
  const parent = path.slice(0, -1).reduce((part, key) => part[key] as Json, manifest);
  parent[path[path.length - 1]] = value;
  return manifest;
}

const light = (JSON.parse(TEXT) as Manifest).roles.light;

test("the bundle's own manifest is read as it is", () => {
  expect(parseManifest(JSON.parse(TEXT))).toEqual(JSON.parse(TEXT));
});

test.each([
  [["schema"], 2, "the bundle has schema 2; this extension reads schema 1"],
  [["resize"], "nearest", 'at /resize: Instance does not match "pillow-bicubic"'],
  [["crop", "scale"], 0, "at /crop/scale: "],
  [["crop"], undefined, 'at /: Instance does not have required property "crop"'],
  [["trust", "covered"], undefined, 'at /trust: Instance does not have required property "covered"'],
  [["networks", light, "bands", "fake_from"], 1.5, `at /networks/${light}/bands/fake_from: 1.5 is greater than 1`],
  [["networks", light, "golden", "max_delta"], "1", `at /networks/${light}/golden/max_delta: `],
  [["surprise"], 1, 'at /: Property "surprise" does not match additional properties schema'],
  [["files"], { "../outside": { bytes: 1, sha256: "0".repeat(64) } }, "at /files"],
  [["roles", "light"], "another", "the bundle has no network another, which its role light names"],
])("a manifest with another %j is refused and says so", (path, value, message) => {
  const refused = () => parseManifest(JSON.parse(JSON.stringify(changed(path, value))));
  expect(refused).toThrow(BundleError);
  expect(refused).toThrow(message);
  expect(refused).toThrow("build both with `make run`");
});

test.each([null, [], "text", 1])("what is no manifest at all is refused: %j", (value) => {
  expect(() => parseManifest(value)).toThrow(BundleError);
});
