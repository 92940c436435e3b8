// An extension whose bundle is not what it should be must refuse to judge, and say why.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { EXTENSION, openBrowser } from "./support/browser.mjs";
import { openOffscreen } from "./support/offscreen.mjs";
import { sample } from "./support/pictures.mjs";
import { openScreen } from "./support/screen.mjs";

const BUILD = fileURLToPath(new URL("../../extension/build.mjs", import.meta.url));

let screen;

before(async () => {
  screen = await openScreen();
});

after(() => screen?.close());

/** What the browser's own detector replies when its bundle was changed: the manifest, or a file of the folder given too. */
async function replyWith(change) {
  const extension = await mkdtemp(join(tmpdir(), "check-this-face-built-"));
  let browser;
  try {
    await cp(EXTENSION, extension, { recursive: true });
    const path = join(extension, "bundle/manifest.json");
    const manifest = JSON.parse(await readFile(path, "utf8"));
    await change(manifest, join(extension, "bundle"));
    await writeFile(path, JSON.stringify(manifest));
    browser = await openBrowser(screen.display, { extension });
    const ask = await openOffscreen(browser);
    return await ask(await sample(2));
  } finally {
    await browser?.close();
    await rm(extension, { recursive: true, force: true });
  }
}

test("a runtime that computes another logit than the bundle's is refused", async () => {
  const reply = await replyWith(({ networks, roles }) => {
    const { logits, max_delta } = networks[roles.light].golden;
    logits.tfjs[0] += 1.2 * max_delta;
  });
  assert.equal(reply.kind, "fault");
  assert.match(
    reply.detail,
    /computes -?\d+\.\d+ for golden picture 1 of the bundle in this browser, where -?\d+\.\d+ is right/,
  );
});

test("a face detector that finds another face than the bundle's is refused", async () => {
  const reply = await replyWith(({ face_detector }) => {
    face_detector.golden.faces.tfjs[1] += 1.2 * face_detector.golden.max_delta;
  });
  assert.equal(reply.kind, "fault");
  assert.match(reply.detail, /^blazeface_back computes .* for golden picture 1/);
});

test("golden pictures that are missing are a fault, not a pass", async () => {
  const reply = await replyWith(({ networks, roles }) => {
    networks[roles.light].golden.pictures = "golden/missing.rgb";
  });
  assert.equal(reply.kind, "fault");
});

test("weights that are not those of the manifest are refused before anything is computed with them", async () => {
  const reply = await replyWith(async ({ networks, roles, files }, folder) => {
    const model = networks[roles.light].files.tfjs.model;
    const [weights] = Object.keys(files).filter((name) => dirname(name) === dirname(model) && name.endsWith(".bin"));
    const bytes = await readFile(join(folder, weights));
    bytes[1000] ^= 1;
    await writeFile(join(folder, weights), bytes);
  });
  assert.equal(reply.kind, "fault");
  assert.match(reply.detail, /\.bin in the extension is not the file that its bundle's manifest describes.*make run/);
});

test("a manifest that breaks its schema is refused with the place of the fault", async () => {
  const reply = await replyWith(({ crop }) => {
    crop.scale = 0;
  });
  assert.equal(reply.kind, "fault");
  assert.match(reply.detail, /manifest\.json does not fit its schema at \/crop\/scale: .*make run/);
});

const BROKEN_MANIFESTS = {
  "breaks its schema": { text: '{"schema": 1, "name": "half"}', said: /does not fit its schema at / },
  "has another schema": { text: '{"schema": 99}', said: /the bundle has schema 99; this extension reads schema 1/ },
  "is none": { text: "<html>", said: /is no JSON: make the bundle again/ },
};

for (const [what, { text, said }] of Object.entries(BROKEN_MANIFESTS)) {
  test(`no extension is built with a manifest that ${what}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "check-this-face-bundle-"));
    try {
      await writeFile(join(folder, "manifest.json"), text);
      const env = { ...process.env, BUNDLE: folder };
      const { status, stderr } = spawnSync(process.execPath, [BUILD], { env, encoding: "utf8" });
      assert.equal(status, 1);
      assert.match(stderr, said);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
