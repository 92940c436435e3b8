import type { Bands } from "../../../extension/src/presentation/meter";
import type { PictureErrorCode, Report, ServerErrorCode } from "../../../extension/src/presentation/report.generated";

/** Of an error answer of the server; unreachable: it is silent; unknown: something else than the server has answered. */
export type ProblemCode = PictureErrorCode | ServerErrorCode | "unreachable" | "unknown";

/** An error answer of the server, or its silence. */
export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    detail: string,
  ) {
    super(detail);
  }
}

/** The part of the server's description that this page reads. */
export interface Model {
  name: string;
  version: string;
  runtime: string;
  device: string;
  networks: Record<string, { bands: Bands }>;
  crop: { min_side: number };
  picture: { formats: string[]; max_bytes: number; max_pixels: number };
}

const DEFAULT_WAIT_SECONDS = 1;

let token: string | null = null;

/** Send this bearer token from now on. */
export function useToken(value: string): void {
  token = value;
}

/** What the server runs; waits until its network is loaded. Throws Problem. */
export async function fetchModel(): Promise<Model> {
  return (await call("/v1/model", { method: "GET" })) as Model;
}

/** The report on a picture, heat maps included; waits while the server is busy. Throws Problem. */
export async function checkPicture(picture: Blob): Promise<Report> {
  const body = new FormData();
  body.append("image", picture);
  return (await call("/v1/check?heatmap=1", { method: "POST", body })) as Report;
}

async function call(path: string, options: RequestInit): Promise<unknown> {
  for (;;) {
    const response = await send(path, options);
    if (response.ok) return response.json();
    const problem = await readProblem(response);
    if (problem.code !== "busy") throw problem;
    await seconds(Number(response.headers.get("Retry-After")) || DEFAULT_WAIT_SECONDS);
  }
}

async function send(path: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...options, headers: token === null ? {} : { Authorization: `Bearer ${token}` } });
  } catch {
    throw new Problem("unreachable", "");
  }
}

async function readProblem(response: Response): Promise<Problem> {
  try {
    const { code, detail } = (await response.json()) as { code: ProblemCode; detail: string };
    return new Problem(code, detail);
  } catch {
    return new Problem("unknown", `${response.status} ${response.statusText}`);
  }
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}
