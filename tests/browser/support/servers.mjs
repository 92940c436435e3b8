import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "./wait.mjs";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const { PYTHON: chosen = `${ROOT}.venv/bin/python` } = process.env;
// A path is one from where the command was given, not from where the server runs.
export const PYTHON = chosen.includes("/") ? resolve(chosen) : chosen;

// TensorFlow's import alone takes many seconds on a busy machine.
const START_MS = 120_000;

/**
 * The port that a server of Node listens on.
 * @param {import("node:net").Server} server
 */
export function portOf(server) {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server listens on no port");
  return address.port;
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const port = portOf(probe);
  await new Promise((done) => probe.close(done));
  return port;
}

async function gone(child) {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/**
 * The project's own server, ready to answer.
 * @param {string[]} [options] of its command line
 * @param {Record<string, string>} [environment]
 */
export async function startServer(options = [], environment = {}) {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const child = spawn(PYTHON, ["-m", "server", "--port", String(port), ...options], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  /** @type {string | null} */
  let failed = null;
  child.on("error", (error) => (failed = `${PYTHON} does not start (set PYTHON): ${error.message}`));
  child.on("exit", (code) => (failed = `the server ended with ${code}:\n${said}`));
  const ready = async () => failed || (await fetch(`${address}/readyz`)).ok;
  await until("the server to be ready", ready, START_MS);
  if (failed) throw new Error(failed);
  return {
    address,
    async kill() {
      child.kill("SIGKILL");
      await gone(child);
    },
    async stop() {
      child.kill("SIGTERM");
      await gone(child);
    },
  };
}

/** Something else on the server's port; `answer` gets node's request and response. Counts what it is asked to check. */
export async function startStub(answer) {
  let asked = 0;
  const stub = createServer((request, response) => {
    if (request.url?.startsWith("/v1/check")) asked += 1;
    request.resume();
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(stub, "listening");
  return {
    address: `http://127.0.0.1:${portOf(stub)}`,
    asked: () => asked,
    stop() {
      stub.closeAllConnections();
      return new Promise((done) => stub.close(done));
    },
  };
}

/** An address on this machine where nobody listens. */
export async function nobody() {
  return `http://127.0.0.1:${await freePort()}`;
}
