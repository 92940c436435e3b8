import { mediaType } from "../detector/formats";
import type { Answerer, Judge } from "../shared/answerer";
import type { ServerState } from "../shared/messages";
import type { Report } from "../presentation/report.generated";
import { Fault, type Said } from "../shared/outcome";
import { isPictureErrorCode, PictureError } from "../shared/picture-error";
import { isReport } from "../shared/report";
import { sensitivityForServer, type Sensitivity } from "../shared/sensitivity";
import { serverAddress } from "../shared/storage";
import { patience, recentTimes, rememberTime } from "./patience";

// A server that is well answers this at once, even while it computes.
const STATE_PATIENCE_MS = 900;

interface Reply {
  status: number;
  body: unknown;
}

/** Throws when nobody answers before the signal, or the answer is no JSON. */
async function ask(url: string, signal: AbortSignal, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(url, { ...init, cache: "no-store", credentials: "omit", redirect: "error", signal });
  return { status: response.status, body: await response.json() };
}

async function isWell(address: string): Promise<boolean> {
  try {
    return (await ask(`${address}/readyz`, AbortSignal.timeout(STATE_PATIENCE_MS))).status === 200;
  } catch {
    return false;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/**
 * Waits as long as a server may take that took so long of late, and then as long as it says that it is well: a busy one is
 * waited for, a dead one is not.
 */
async function patiently<T>(address: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { expected, longest } = patience(await recentTimes(address));
  const end = new AbortController();
  const start = Date.now();
  let done = false;
  const watch = async (): Promise<void> => {
    await pause(expected);
    while (!done && Date.now() - start < longest && (await isWell(address))) await pause(STATE_PATIENCE_MS);
    end.abort(new DOMException("the server took too long", "TimeoutError"));
  };
  void watch();
  try {
    const result = await work(end.signal);
    await rememberTime(address, Date.now() - start);
    return result;
  } finally {
    done = true;
  }
}

function field(body: unknown, name: string): string {
  const value = typeof body === "object" && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === "string" ? value : "";
}

function reason(error: unknown): Said {
  return error instanceof DOMException && error.name === "TimeoutError" ? ["server_slow"] : ["server_away"];
}

/** The program on this machine that the person has started. */
export class Server implements Answerer {
  readonly by = "server";

  async check(picture: Uint8Array<ArrayBuffer>, sensitivity: Sensitivity): Promise<Report> {
    const asked = await sensitivityForServer(sensitivity);
    // The usual one needs no saying, and servers that know no other are asked as ever.
    const query = asked === "usual" ? "" : `&sensitivity=${asked}`;
    let reply: Reply;
    try {
      const address = await serverAddress();
      reply = await patiently(address, (signal) =>
        ask(`${address}/v1/check?heatmap=1${query}`, signal, {
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
    throw new Fault("server_wrong", `${reply.status}${code && ` ${code}`}`);
  }

  async model(): Promise<Judge | null> {
    try {
      const { body } = await ask(`${await serverAddress()}/v1/model`, AbortSignal.timeout(STATE_PATIENCE_MS));
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
  const address = await serverAddress();
  try {
    const ready = await ask(`${address}/readyz`, AbortSignal.timeout(STATE_PATIENCE_MS));
    if (ready.status !== 200) {
      return { kind: "not_ready", address, detail: field(ready.body, "detail") || `it answered ${ready.status}` };
    }
    const { body } = await ask(`${address}/v1/model`, AbortSignal.timeout(STATE_PATIENCE_MS));
    return {
      kind: "ready",
      address,
      name: field(body, "name"),
      version: field(body, "version"),
      device: field(body, "device"),
    };
  } catch {
    return { kind: "away", address };
  }
}
