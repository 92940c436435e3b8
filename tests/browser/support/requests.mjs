import { readFile } from "node:fs/promises";

/** What Chromium was started with keeps a log of all that it asks the network for. */
export const logTo = (path) => `--log-net-log=${path}`;

/** The requests in such a log of a browser that has closed: each address, and the origin that asked for it, which the browser itself has none of. */
export async function requestsIn(path) {
  const { constants, events } = JSON.parse(await readFile(path, "utf8"));
  const begun = constants.logEventTypes.URL_REQUEST_START_JOB;
  return events
    .filter(({ type, params }) => type === begun && params?.url)
    .map(({ params: { url, initiator } }) => ({ url: new URL(url), by: initiator }));
}
