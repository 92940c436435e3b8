import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { PYTHON } from "./servers.mjs";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const GOLDEN = new URL("../../../extension/src/evidence/evidence.golden.json", import.meta.url);
const ORIGINALS = fileURLToPath(new URL("../../../../shared/marked", import.meta.url));

/** @returns {Promise<any[]>} */
async function python(pictures, ...args) {
  const child = spawn(PYTHON, ["-m", "tests.evidence.evidence_answers", ...args], {
    cwd: ROOT,
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(pictures.map((picture) => picture.toString("base64")).join("\n"));
  const [answers] = await Promise.all([json(child.stdout), once(child, "exit")]);
  return /** @type {any[]} */ (answers);
}

/** The evidence that Python finds in each picture. */
export function evidenceByPython(pictures) {
  return python(pictures);
}

/** The JPEG picture with Content Credentials by a signer whom nobody knows, which say that it was generated. */
export async function signed(picture) {
  const [file] = await python([picture], "sign");
  return Buffer.from(file, "base64");
}

/** Small pictures with marks, some of them hostile, and what Python finds in them. */
export async function goldenPictures() {
  const { pictures } = JSON.parse(await readFile(GOLDEN, "utf8"));
  return pictures.map(({ name, file, evidence }) => ({ name, picture: Buffer.from(file, "base64"), evidence }));
}

/** Pictures found in the wild, which are not part of the project; none where they are not at hand. */
export function originals() {
  if (!existsSync(ORIGINALS)) return Promise.resolve([]);
  const names = readdirSync(ORIGINALS).filter((name) => /\.(jpg|png)$/.test(name));
  return Promise.all(names.map(async (name) => ({ name, picture: await readFile(`${ORIGINALS}/${name}`) })));
}
