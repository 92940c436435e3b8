/** An error answer of the server, or its silence (code "unreachable"). */
export class Problem extends Error {
  constructor(code, detail) {
    super(detail);
    this.code = code;
  }
}

const DEFAULT_WAIT_SECONDS = 1;

let token = null;

/** Send this bearer token from now on. */
export function useToken(value) {
  token = value;
}

/** What the server runs; waits until its network is loaded. Throws Problem. */
export function fetchModel() {
  return call("/v1/model", { method: "GET" });
}

/** The report on a picture (a Blob), heat maps included; waits while the server is busy. Throws Problem. */
export function checkPicture(picture) {
  const body = new FormData();
  body.append("image", picture);
  return call("/v1/check?heatmap=1", { method: "POST", body });
}

async function call(path, options) {
  for (;;) {
    const response = await send(path, options);
    if (response.ok) {
      return response.json();
    }
    const problem = await readProblem(response);
    if (problem.code !== "busy") {
      throw problem;
    }
    await seconds(Number(response.headers.get("Retry-After")) || DEFAULT_WAIT_SECONDS);
  }
}

async function send(path, options) {
  const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
  try {
    return await fetch(path, { ...options, headers });
  } catch {
    throw new Problem("unreachable", "");
  }
}

async function readProblem(response) {
  try {
    const { code, detail } = await response.json();
    return new Problem(code, detail);
  } catch {
    return new Problem("unknown", `${response.status} ${response.statusText}`);
  }
}

function seconds(count) {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}
