// Local pages under the names of real sites: their adapters match by name, and some names are always https.
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "selfsigned";
import { EXTENSION } from "./browser.mjs";
import { portOf } from "./servers.mjs";

const FIXTURES = fileURLToPath(new URL("../../../extension/src/sites/fixtures/", import.meta.url));

/** A page with the structure of a site's own (extension/src/sites/fixtures). */
export function fixture(name) {
  return readFile(join(FIXTURES, `${name}.html`));
}

/**
 * Serves every host there is: `answer(url)` gives {type, body} or {status, headers}, null for 404. Counts what was asked for, by
 * host and path.
 */
export async function openSites(answer) {
  const { private: key, cert } = await generate([{ name: "commonName", value: "sites.test" }]);
  const asked = new Map();
  const reply = async (request, response) => {
    const url = new URL(request.url ?? "/", `https://${request.headers.host}`);
    const name = `${url.host}${url.pathname}`;
    asked.set(name, [...(asked.get(name) ?? []), request.headers]);
    const file = await answer(url, request);
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    const { status = 200, type = "text/plain", headers = {}, body = "" } = file;
    response.writeHead(status, { "Content-Type": type, "Cache-Control": "no-store", ...headers }).end(body);
  };
  const server = createServer({ key, cert }, (request, response) => void reply(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    /** What Chromium needs to be told to find them. */
    args: [`--host-resolver-rules=MAP *:443 127.0.0.1:${portOf(server)}`, "--ignore-certificate-errors"],
    /** The requests' headers, for the pictures whose address holds the text. */
    asked: (text) => [...asked].filter(([name]) => name.includes(text)).flatMap(([, requests]) => requests),
    close() {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

/** A copy of the extension whose person has allowed these hosts already. */
export async function allowing(origins) {
  const extension = await mkdtemp(join(tmpdir(), "check-this-face-allowed-"));
  await cp(EXTENSION, extension, { recursive: true });
  const path = join(extension, "manifest.json");
  const manifest = JSON.parse(await readFile(path, "utf8"));
  manifest.host_permissions.push(...origins);
  await writeFile(path, JSON.stringify(manifest));
  return { extension, remove: () => rm(extension, { recursive: true, force: true }) };
}
