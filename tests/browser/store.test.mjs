// What the stores get, as `make extension` makes it. No browser is needed.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

const extension = join(import.meta.dirname, "../../extension");
const dist = join(extension, "dist");
const { unzipSync } = createRequire(join(extension, "package.json"))("fflate");
const run = promisify(execFile);

let folder, written;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "sources-"));
  written = await archives("UTC");
});

after(() => rm(folder, { recursive: true, force: true }));

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** The archives by what they are for, written anew at another hour of the day. */
async function archives(zone) {
  await run("node", ["archives.mjs"], { cwd: extension, env: { ...process.env, TZ: zone } });
  const names = (await readdir(dist)).filter((name) => name.endsWith(".zip"));
  const read = await Promise.all(names.map((name) => readFile(join(dist, name))));
  return Object.fromEntries(names.map((name, at) => [name.slice(name.lastIndexOf("-") + 1, -".zip".length), read[at]]));
}

async function digestsIn(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = files.map(async (file) => [relative(directory, file), digest(await readFile(file))]);
  return Object.fromEntries((await Promise.all(found)).sort());
}

test("the archives are the same, byte for byte, whenever and wherever they are written", async () => {
  const second = await archives("Asia/Tokyo");
  assert.deepEqual(Object.keys(written).sort(), ["chrome", "firefox", "sources"]);
  for (const [kind, bytes] of Object.entries(written)) assert.equal(digest(second[kind]), digest(bytes), kind);
});

test("Chrome's archive has no key, which its store refuses, and Firefox's is what was built", async () => {
  const { chrome, firefox } = written;
  const manifest = JSON.parse(new TextDecoder().decode(unzipSync(chrome)["manifest.json"]));
  assert.equal(manifest.manifest_version, 3);
  assert.ok(!("key" in manifest));
  const packed = Object.entries(unzipSync(firefox)).map(([name, bytes]) => [name, digest(bytes)]);
  assert.deepEqual(Object.fromEntries(packed.sort()), await digestsIn(join(dist, "firefox")));
});

test("the sources build what Firefox's archive holds", async () => {
  const { sources } = written;
  for (const [name, bytes] of Object.entries(unzipSync(sources))) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  // In place of `npm ci`, which would bring the same packages.
  await symlink(join(extension, "node_modules"), join(folder, "extension/node_modules"));
  await run("node", ["build.mjs"], { cwd: join(folder, "extension"), env: { ...process.env, BUNDLE: "" } });
  assert.deepEqual(await digestsIn(join(folder, "extension/dist/firefox")), await digestsIn(join(dist, "firefox")));
});

test("the store of Firefox has no error and no warning", async () => {
  await run("npm", ["run", "--silent", "lint:store"], { cwd: extension });
});
