// A screen of its own (Xvfb) and a hand on its mouse and keyboard (xdotool): menus of the browser are out of reach of
// the page-driving protocol, so the tests use them as a person does.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { again, until } from "./wait.mjs";

const run = promisify(execFile);

export const SIZE = { width: 1280, height: 960 };

// How long a menu may take to come or go before the click or the key is taken for lost, and how often that may be.
const HEEDED_MS = 5_000;
const TRIES = 6;
const BETWEEN_KEYS_MS = 40;

export async function openScreen() {
  const server = spawn(
    "Xvfb",
    ["-displayfd", "1", "-screen", "0", `${SIZE.width}x${SIZE.height}x24`, "-nolisten", "tcp"],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const missing = once(server, "error").then(([error]) => {
    throw new Error("Xvfb does not start: apt-get install xvfb xdotool chromium", { cause: error });
  });
  const [number] = await Promise.race([once(server.stdout, "data"), missing]);
  missing.catch(() => undefined);
  const display = `:${String(number).trim()}`;
  const xdotool = async (...words) =>
    (await run("xdotool", words, { env: { ...process.env, DISPLAY: display } })).stdout.trim();

  async function windows() {
    // xdotool ends with 1 when it finds none.
    const found = await xdotool("search", "--onlyvisible", "--name", ".*").catch(() => "");
    return found.split("\n").filter(Boolean);
  }

  return {
    display,
    xdotool,
    windows,
    /**
     * Right-clicks at a point of the screen and chooses the extension's item in the menu: the last but one, right above "Inspect",
     * or one further up where the browser offers the page's source between them.
     */
    async chooseFromMenu(x, y, fromBelow = 2) {
      const before = await windows();
      const opened = async () => (await windows()).find((id) => !before.includes(id));
      const menu = await again(
        () => xdotool("mousemove", String(x), String(y), "click", "3"),
        () => until("the context menu", opened, HEEDED_MS),
        TRIES,
      );
      // A menu takes no keys in its first moment, and where the first one is lost the others choose what lies elsewhere.
      const keys = ["End", "End", "End", ...Array.from({ length: fromBelow - 1 }, () => "Up"), "Return"];
      const closed = async () => !(await windows()).includes(menu);
      await again(
        () => xdotool("key", "--delay", String(BETWEEN_KEYS_MS), ...keys),
        () => until("the context menu to close", closed, HEEDED_MS),
        TRIES,
      );
    },
    async close() {
      server.kill();
      if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
    },
  };
}
