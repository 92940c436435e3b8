import { mediaType } from "../detector/formats";
import type { Answerer, Asking, Judge } from "../shared/answerer";
import type { ServerState } from "../shared/messages";
import type { Report, ServerErrorCode } from "../presentation/report.generated";
import { Fault, type Said } from "../shared/outcome";
import { isPictureErrorCode, PictureError } from "../shared/picture-error";
import { isReport } from "../shared/report";
import { sensitivityForServer, type Sensitivity } from "../shared/sensitivity";
import { server, type ServerPlace } from "../shared/storage";
import { longestWait, recentTimes, rememberTime } from "./patience";

// A server that is well answers this at once, even while it computes. Together these two, and a check by this browser when it is
// warm, stay within a second: so long after a server's end a person has the answer.
const ASK_AGAIN_MS = 200;
const PROBE_MS = 450;

// Nobody waits for what the popup says of the server.
const STATE_MS = 900;

interface Reply {
  status: number;
  body: unknown;
}

/** What answered is not the server, or the server out of order. */
function other(response: Response): Fault {
  const kind = response.headers.get("Content-Type")?.split(";")[0] ?? "";
  return new Fault("server_other", response.type === "opaqueredirect" ? "3xx" : `${response.status} ${kind}`.trim());
}

/** Throws when nobody answers before the signal, and a Fault where the answer is none of the server's. */
async function ask(
  { address, token }: ServerPlace,
  path: string,
  signal: AbortSignal,
  { headers = {}, ...init }: Omit<RequestInit, "headers"> & { headers?: Record<string, string> } = {},
): Promise<Reply> {
  const response = await fetch(address + path, {
    ...init,
    headers: token ? { ...headers, Authorization: `Bearer ${token}` } : headers,
    cache: "no-store",
    credentials: "omit",
    redirect: "manual",
    signal,
  });
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) as unknown };
  } catch {
    throw other(response);
  }
}

async function isWell(place: ServerPlace): Promise<boolean> {
  try {
    return (await ask(place, "/readyz", AbortSignal.timeout(PROBE_MS))).status === 200;
  } catch {
    return false;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/**
 * Waits no longer than for a server that took so long of late, and has its doubts as soon as it does not say that it is well: a
 * busy one is waited for, a dead one is not.
 */
async function patiently<T>(
  place: ServerPlace,
  { signal, onDoubt }: Asking,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const longest = longestWait(await recentTimes(place.address));
  const tooLong = new AbortController();
  const start = Date.now();
  let done = false;
  const watch = async (): Promise<void> => {
    do await pause(ASK_AGAIN_MS);
    while (!done && Date.now() - start < longest && (await isWell(place)));
    if (done) return;
    onDoubt();
    await pause(start + longest - Date.now());
    tooLong.abort(new DOMException("the server took too long", "TimeoutError"));
  };
  void watch();
  try {
    const result = await work(AbortSignal.any([signal, tooLong.signal]));
    void rememberTime(place.address, Date.now() - start).catch(() => undefined);
    return result;
  } finally {
    done = true;
  }
}

function field(body: unknown, name: string): string {
  const value = typeof body === "object" && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === "string" ? value : "";
}

const NOT_ALLOWED: ServerErrorCode = "origin_not_allowed";

function reason(error: unknown): Said {
  if (error instanceof Fault) return error.said;
  return error instanceof DOMException && error.name === "TimeoutError" ? ["server_slow"] : ["server_away"];
}

/** Why the server refuses this extension whatever it is asked; null where it does not. */
function refusal({ status, body }: Reply): Said | null {
  const code = field(body, "code");
  if (status === 401) return ["server_token"];
  return status === 403 && code === NOT_ALLOWED ? ["server_stranger", `--extension ${chrome.runtime.id}`] : null;
}

/** The program that the person has started, as a rule on this machine. */
export class Server implements Answerer {
  readonly by = "server";

  async check(picture: Uint8Array<ArrayBuffer>, sensitivity: Sensitivity, asking: Asking): Promise<Report> {
    const [asked, place] = await Promise.all([sensitivityForServer(sensitivity), server()]);
    // The usual one needs no saying, and servers that know no other are asked as ever.
    const query = asked === "usual" ? "" : `&sensitivity=${asked}`;
    let reply: Reply;
    try {
      reply = await patiently(place, asking, (signal) =>
        ask(place, `/v1/check?heatmap=1${query}`, signal, {
          method: "POST",
          headers: { "Content-Type": mediaType(picture) },
          body: picture,
        }),
      );
    } catch (error) {
      throw new Fault(...reason(error));
    }
    if (reply.status === 200 && isReport(reply.body)) return reply.body;
    const code = field(reply.body, "code");
    if (reply.status >= 400 && reply.status < 500 && isPictureErrorCode(code)) {
      throw new PictureError(code, field(reply.body, "detail"));
    }
    throw new Fault(...(refusal(reply) ?? (["server_wrong", `${reply.status}${code && ` ${code}`}`] as const)));
  }

  async model(): Promise<Judge | null> {
    try {
      const { body } = await ask(await server(), "/v1/model", AbortSignal.timeout(PROBE_MS));
      const roles = isObject(body) ? body.roles : null;
      return { version: field(body, "version"), network: field(roles, "strong") };
    } catch {
      return null;
    }
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

export async function serverState(): Promise<ServerState> {
  const place = await server();
  const { address } = place;
  try {
    const ready = await ask(place, "/readyz", AbortSignal.timeout(STATE_MS));
    if (ready.status !== 200) {
      const why = refusal(ready);
      if (why) return { kind: "wrong", address, why };
      return { kind: "not_ready", address, detail: field(ready.body, "detail") || `it answered ${ready.status}` };
    }
    const model = await ask(place, "/v1/model", AbortSignal.timeout(STATE_MS));
    const why = refusal(model);
    if (why) return { kind: "wrong", address, why };
    const { body } = model;
    return {
      kind: "ready",
      address,
      name: field(body, "name"),
      version: field(body, "version"),
      device: field(body, "device"),
    };
  } catch (error) {
    return error instanceof Fault ? { kind: "wrong", address, why: error.said } : { kind: "away", address };
  }
}
