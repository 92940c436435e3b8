// Builds dist/chrome and dist/firefox, each complete: load either folder as an unpacked extension.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { everySiteForEsbuild } from "./every-site.mjs";
import { manifestFor, OLDEST } from "./targets.mjs";

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));
const bundle = process.env.BUNDLE ? resolve(process.env.BUNDLE) : join(here, "../bundle");
const wasm = join(here, "node_modules/@tensorflow/tfjs-backend-wasm/dist");

const WASM_FILES = ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm"];
const THREADED_WASM = "tfjs-backend-wasm-threaded-simd.wasm";
// Reads Content Credentials; only fetched for a picture that has some.
const CREDENTIALS_WASM = join(here, "node_modules/@contentauth/c2pa-wasm/pkg/c2pa_bg.wasm");
const PAGES = ["popup", "options", "permission", "wrong", "picture", "welcome"];

/** @typedef {{ files: { tfjs: { model: string } }, golden: { pictures: string } }} Graph */
/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {Graph} face_detector
 * @property {{ light: string }} roles
 * @property {Record<string, Graph>} networks
 * @property {Record<string, { bytes: number, sha256: string }>} files
 */
/** @typedef {{ text: string, manifest: Manifest }} Bundle */

class BuildError extends Error {}

/** @returns {Promise<Bundle>} */
async function readBundle() {
  let text;
  try {
    text = await readFile(join(bundle, "manifest.json"), "utf8");
  } catch {
    throw new BuildError(
      `There is no bundle in ${bundle}. Make one with \`make run\`, or with ` +
        "`python -m converter --network models/NAME --light models/NAME --out bundle` in the repository root, " +
        "or name another one: BUNDLE=dir npm run build",
    );
  }
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BuildError(`The manifest.json of the bundle in ${bundle} is no JSON: make the bundle again`);
  }
  const manifest = await checked(value);
  if (!graphs(manifest).every(({ files }) => files.tfjs)) {
    throw new BuildError(`The bundle in ${bundle} was made without TensorFlow.js, for a server alone: make bundle`);
  }
  return { text, manifest };
}

/**
 * The manifest by the rules of the detector in the browser, in its own words.
 * @param {unknown} value
 * @returns {Promise<Manifest>}
 */
async function checked(value) {
  const { outputFiles } = await build({
    entryPoints: [join(here, "src/detector/manifest.ts")],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "warning",
  });
  const code = Buffer.from(outputFiles[0].contents).toString("base64");
  /** @type {{ parseManifest: (value: unknown) => unknown }} */
  const { parseManifest } = await import(`data:text/javascript;base64,${code}`);
  try {
    return /** @type {Manifest} */ (parseManifest(value));
  } catch (error) {
    throw new BuildError(`${bundle} cannot be shipped: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * What the browser runs.
 * @param {Manifest} manifest
 */
function graphs(manifest) {
  return [manifest.face_detector, manifest.networks[manifest.roles.light]];
}

/**
 * Everything the browser's own answer needs: the graphs and what proves them.
 * @param {Manifest} manifest
 */
function neededFiles(manifest) {
  const golden = graphs(manifest).map(({ golden }) => golden.pictures);
  const folders = graphs(manifest).map(({ files }) => `${dirname(files.tfjs.model)}/`);
  return Object.keys(manifest.files).filter(
    (name) => golden.includes(name) || folders.some((folder) => name.startsWith(folder)),
  );
}

/**
 * @param {Bundle} bundle
 * @param {string} target
 */
async function copyBundle({ text, manifest }, target) {
  await mkdir(target, { recursive: true });
  await writeFile(join(target, "manifest.json"), text);
  for (const name of neededFiles(manifest)) {
    const bytes = await readFile(join(bundle, name));
    const { bytes: size, sha256 } = manifest.files[name];
    if (bytes.length !== size || createHash("sha256").update(bytes).digest("hex") !== sha256) {
      throw new BuildError(
        `${name} of the bundle in ${bundle} is not the file that its manifest describes: make the bundle again`,
      );
    }
    await mkdir(dirname(join(target, name)), { recursive: true });
    await writeFile(join(target, name), bytes);
  }
}

/**
 * TensorFlow.js's machine of several threads as files, of which an extension may start workers. TensorFlow.js makes blobs of
 * the same texts.
 * @param {string} folder
 */
async function writeThreads(folder) {
  const from = "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd";
  /** @type {() => unknown} */
  const machine = require(`${from}.js`);
  /** @type {{ wasmWorkerContents: string }} */
  const { wasmWorkerContents } = require(`${from}.worker.js`);
  const [before, after, ...more] = machine.toString().split("var pthreadPoolSize=8;");
  if (!after || more.length > 0) throw new Error("TensorFlow.js no longer starts a pool of eight workers as it did");
  const code = `var WasmBackendModuleThreadedSimd = ${before}var pthreadPoolSize=Module["pool"];${after};\n`;
  await writeFile(join(folder, "threads.js"), code);
  // Its one string that ends a line is written as if it stood in another string.
  await writeFile(join(folder, "threads-worker.js"), wasmWorkerContents.replaceAll("\n", "\\n"));
  await cp(join(wasm, THREADED_WASM), join(folder, THREADED_WASM));
}

/**
 * @param {"chrome" | "firefox"} browser
 * @param {Bundle} bundleRead
 */
async function makeFor(browser, bundleRead) {
  const out = join(here, "dist", browser);
  await rm(out, { recursive: true, force: true });
  const entryPoints = {
    background: join(here, `src/background/${browser}.ts`),
    content: join(here, "src/content/index.ts"),
    credentials: join(here, "src/evidence/credentials-worker.ts"),
    profile: join(here, "src/profile/index.ts"),
    ...Object.fromEntries(PAGES.map((page) => [page, join(here, `src/${page}/index.ts`)])),
    ...(browser === "chrome" && { offscreen: join(here, "src/offscreen/index.ts") }),
  };
  await build({
    entryPoints,
    outdir: out,
    bundle: true,
    format: "iife",
    target: `${browser}${OLDEST[browser]}`,
    minify: true,
    // TensorFlow.js carries branches for Node that no browser takes.
    platform: "browser",
    external: ["fs", "path", "os", "worker_threads", "perf_hooks", "util", "crypto"],
    loader: { ".css": "text" },
    plugins: [everySiteForEsbuild],
    legalComments: "linked",
    // The reader of Content Credentials asks for its own address, which it is told anyway.
    // Firefox has no chrome.dom, and its store warns of code that speaks of it.
    define: { "import.meta.url": "self.location.href", ...(browser === "firefox" && { "chrome.dom": "undefined" }) },
    logLevel: "warning",
  });
  await cp(join(here, "static"), out, {
    recursive: true,
    filter: (name) => browser === "chrome" || !name.endsWith("offscreen.html"),
  });
  await cp(join(here, "../docs/privacy.md"), join(out, "privacy.txt"));
  const manifest = JSON.parse(await readFile(join(here, "static/manifest.json"), "utf8"));
  const { version } = JSON.parse(await readFile(join(here, "package.json"), "utf8"));
  await writeFile(join(out, "manifest.json"), `${JSON.stringify(manifestFor(manifest, browser, version), null, 2)}\n`);
  await build({
    entryPoints: [join(here, "src/page.css")],
    outdir: out,
    bundle: true,
    minify: true,
    logLevel: "warning",
  });
  for (const file of WASM_FILES) await cp(join(wasm, file), join(out, "wasm", file));
  // Firefox has no document in which threads would run.
  if (browser === "chrome") await writeThreads(join(out, "wasm"));
  await cp(CREDENTIALS_WASM, join(out, "wasm", "credentials.wasm"));
  await copyBundle(bundleRead, join(out, "bundle"));
}

try {
  const bundleRead = await readBundle();
  await Promise.all([makeFor("chrome", bundleRead), makeFor("firefox", bundleRead)]);
  console.log(
    `Built dist/chrome and dist/firefox with the bundle ${bundleRead.manifest.name} ${bundleRead.manifest.version}`,
  );
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(`extension: ${error.message}`);
  process.exitCode = 1;
}
