// Writes into dist/ what the stores take, made of what has been built: the same input gives the same bytes.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const dist = join(here, "dist");
const NAME = "check-this-face";

// All that a build reads. What it takes of the bundle lies in what has been built.
const SOURCES = [
  "LICENSE",
  "fake_image_detection/report.schema.json",
  "fake_image_detection/manifest.schema.json",
  "fake_image_detection/evidence",
  "extension/src",
  "extension/static",
  "extension/.npmrc",
  "extension/PERMISSIONS.md",
  "docs/privacy.md",
];
const IN_SOURCES = /\.(?:ts|mjs|css|html|json|png|jpg|svg|md|npmrc)$|\/LICENSE$|^LICENSE$/;

/** @type {{ version: string, engines: { node: string } }} */
const { version, engines } = JSON.parse(await readFile(join(here, "package.json"), "utf8"));

const HOW_TO_BUILD = `The sources of "Check this face", a browser extension.

Node ${engines.node} and npm are needed. In this folder:

    cd extension
    npm ci
    npm run build

writes extension/dist/firefox, byte by byte what is in the archive that was handed in (and extension/dist/chrome). All code
that is not in extension/src comes from the packages that extension/package-lock.json names; esbuild puts it together
(extension/build.mjs). bundle/ holds the weights of two neural networks, which are data.
`;

/**
 * The files below a folder, or the one file, in an order that no machine changes.
 * @param {string} path
 * @returns {Promise<string[]>}
 */
async function filesIn(path) {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === "ENOTDIR") return null;
    throw error;
  });
  if (!entries) return [path];
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/**
 * @param {string} base
 * @param {readonly string[]} files
 * @returns {Promise<[string, Uint8Array][]>}
 */
function readAll(base, files) {
  return Promise.all(
    files.map(async (file) => [relative(base, file).replaceAll("\\", "/"), new Uint8Array(await readFile(file))]),
  );
}

/** @param {[string, Uint8Array][]} files */
function zipped(files) {
  const sorted = files.sort(([a], [b]) => (a < b ? -1 : 1));
  // The clock of whoever builds must leave no trace; archives know no time before 1980, and no zone.
  return zipSync(Object.fromEntries(sorted), { level: 9, mtime: new Date(1980, 0, 1) });
}

/** @param {"chrome" | "firefox"} browser */
async function extensionFiles(browser) {
  const folder = join(dist, browser);
  const files = await readAll(folder, await filesIn(folder));
  if (browser === "firefox") return files;
  // Chrome's store gives the extension its key and takes no other.
  const { key: _key, ...manifest } = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
  return [
    ...files.filter(([name]) => name !== "manifest.json"),
    /** @type {[string, Uint8Array]} */ (["manifest.json", text(`${JSON.stringify(manifest, null, 2)}\n`)]),
  ];
}

/** @returns {Promise<[string, Uint8Array][]>} */
async function sourceFiles() {
  const own = (await readdir(here)).filter((name) => /\.(?:mjs|json)$/.test(name)).map((name) => join(here, name));
  const named = (await Promise.all(SOURCES.map((path) => filesIn(join(root, path))))).flat();
  const bundle = join(dist, "firefox/bundle");
  const weights = await readAll(bundle, await filesIn(bundle));
  return [
    ...(await readAll(root, [...own, ...named])).filter(([name]) => IN_SOURCES.test(name)),
    ...weights.map(([name, bytes]) => /** @type {[string, Uint8Array]} */ ([`bundle/${name}`, bytes])),
    ["BUILDING.txt", text(HOW_TO_BUILD)],
  ];
}

/** @param {string} words */
function text(words) {
  return new TextEncoder().encode(words);
}

const archives = {
  chrome: await extensionFiles("chrome"),
  firefox: await extensionFiles("firefox"),
  sources: await sourceFiles(),
};
for (const [kind, files] of Object.entries(archives)) {
  const name = `${NAME}-${version}-${kind}.zip`;
  const bytes = zipped(files);
  await writeFile(join(dist, name), bytes);
  console.log(`extension/dist/${name}: ${(bytes.length / 1e6).toFixed(1)} MB`);
}
