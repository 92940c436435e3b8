// The module "every-site": the list of the adapters that lie in src/sites, for esbuild and for vitest.
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NAME = "every-site";
const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "src/sites");

async function code() {
  const files = (await readdir(FOLDER)).filter((name) => /^[\w-]+\.ts$/.test(name) && name !== "generic.ts").sort();
  const imports = files.map((name, at) => `import site${at} from ${JSON.stringify(join(FOLDER, name))};`);
  return `${imports.join("\n")}\nexport default [${files.map((_, at) => `site${at}`).join(", ")}];`;
}

/** @type {import("esbuild").Plugin} */
export const everySiteForEsbuild = {
  name: NAME,
  /** @param {import("esbuild").PluginBuild} build */
  setup(build) {
    build.onResolve({ filter: /^every-site$/ }, () => ({ path: NAME, namespace: NAME }));
    build.onLoad({ filter: /./, namespace: NAME }, async () => ({ contents: await code(), resolveDir: FOLDER }));
  },
};

/** @type {import("vite").Plugin} */
export const everySiteForVitest = {
  name: NAME,
  /** @param {string} id */
  resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
  /** @param {string} id */
  load: (id) => (id === `\0${NAME}` ? code() : undefined),
};
