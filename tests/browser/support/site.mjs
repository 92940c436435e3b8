import { createServer } from "node:http";
import { once } from "node:events";
import { portOf } from "./servers.mjs";

/** Serves `files` (path -> {type, body}) on a free port of this machine; other paths are 404. */
export async function openSite(files) {
  const server = createServer((request, response) => {
    const file = files[new URL(request.url ?? "/", "http://site").pathname];
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "Content-Type": file.type, "Content-Length": file.body.length }).end(file.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  return {
    port,
    url: (path, host = "127.0.0.1") => `http://${host}:${port}${path}`,
    close() {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}
