// Builds the server's page: server/web/src into server/web/dist, which the server serves.
import { cp, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "../server/web/src");
const out = join(here, "../server/web/dist");

await rm(out, { recursive: true, force: true });
await build({
  entryPoints: [join(source, "page.ts"), join(source, "style.css")],
  outdir: out,
  bundle: true,
  format: "esm",
  target: ["chrome116", "firefox128", "safari17"],
  minify: true,
  logLevel: "warning",
});
await mkdir(out, { recursive: true });
for (const name of ["index.html", "icon.svg"]) await cp(join(source, name), join(out, name));
console.log("Built the server's page");
