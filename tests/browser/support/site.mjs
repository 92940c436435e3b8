import { createServer } from "node:http";
import { once } from "node:events";
import { portOf } from "./servers.mjs";

/** Serves `files` (path -> {type, body, status} or a function from the request to one) on a free port; other paths are 404. */
export async function openSite(files) {
  const server = createServer((request, response) => {
    const found = files[new URL(request.url ?? "/", "http://site").pathname];
    const file = typeof found === "function" ? found(request) : found;
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    response
      .writeHead(file.status ?? 200, { "Content-Type": file.type, "Content-Length": file.body.length, ...file.headers })
      .end(file.body);
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
