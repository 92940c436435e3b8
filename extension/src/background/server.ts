import { mediaType } from "../detector/formats";
import type { Answerer } from "../shared/answerer";
import type { ServerState } from "../shared/messages";
import type { Report } from "../presentation/report.generated";
import { Fault, type Said } from "../shared/outcome";
import { isPictureErrorCode, PictureError } from "../shared/picture-error";
import { isReport } from "../shared/report";
import { serverAddress } from "../shared/storage";

// Long enough for a picture of many faces on a busy machine, short enough that a person still waits for the browser's own
// answer.
const CHECK_PATIENCE_MS = 10_000;
const STATE_PATIENCE_MS = 3000;

interface Reply {
  status: number;
  body: unknown;
}

/** Throws when nobody answers in time or the answer is no JSON. */
async function ask(url: string, patience: number, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(url, {
    ...init,
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    signal: AbortSignal.timeout(patience),
  });
  return { status: response.status, body: await response.json() };
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

  async check(picture: Uint8Array<ArrayBuffer>): Promise<Report> {
    let reply: Reply;
    try {
      reply = await ask(`${await serverAddress()}/v1/check`, CHECK_PATIENCE_MS, {
        method: "POST",
        headers: { "Content-Type": mediaType(picture) },
        body: picture,
      });
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
}

export async function serverState(): Promise<ServerState> {
  const address = await serverAddress();
  try {
    const ready = await ask(`${address}/readyz`, STATE_PATIENCE_MS);
    if (ready.status !== 200) {
      return { kind: "not_ready", address, detail: field(ready.body, "detail") || `it answered ${ready.status}` };
    }
    const { body } = await ask(`${address}/v1/model`, STATE_PATIENCE_MS);
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
