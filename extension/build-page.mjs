// Builds the server's page: server/web/src into server/web/dist, which the server serves.
import { cp, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { OLDEST } from "./targets.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "../server/web/src");
const out = join(here, "../server/web/dist");

await rm(out, { recursive: true, force: true });
/** @type {import("esbuild").BuildOptions} */
const options = {
  outdir: out,
  bundle: true,
  format: "esm",
  target: [`chrome${OLDEST.chrome}`, "firefox128", "safari17"],
  minify: true,
  logLevel: "warning",
};
// The palette's colours are read by the script too, as text.
await build({ ...options, entryPoints: [join(source, "page.ts")], loader: { ".css": "text" } });
await build({ ...options, entryPoints: [join(source, "style.css")] });
await mkdir(out, { recursive: true });
for (const name of ["index.html", "icon.svg"]) await cp(join(source, name), join(out, name));
console.log("Built the server's page");
