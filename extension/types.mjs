// Writes the TypeScript types of a report from its JSON Schema; with --check it only tells whether they are up to date.
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, compileFromFile } from "json-schema-to-typescript";

const here = dirname(fileURLToPath(import.meta.url));
const schema = join(here, "../fake_image_detection/report.schema.json");
const target = join(here, "src/presentation/report.generated.ts");
const style = { printWidth: 120 };

const types = await compileFromFile(schema, {
  bannerComment: "// Made by types.mjs from fake_image_detection/report.schema.json: `npm run types`.",
  style,
});
// No report refers to it.
const { ServerErrorCode } = JSON.parse(await readFile(schema, "utf8")).$defs;
const ofServer = await compile(ServerErrorCode, "ServerErrorCode", { bannerComment: "", style });
const text = types + ofServer;
if (process.argv.includes("--check")) {
  if ((await readFile(target, "utf8")) !== text) {
    console.error("extension: the types of a report are not those of its schema: npm --prefix extension run types");
    process.exitCode = 1;
  }
} else {
  await writeFile(target, text);
}
