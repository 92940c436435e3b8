// A screen of its own (Xvfb) and a hand on its mouse and keyboard (xdotool): menus of the browser are out of reach of
// the page-driving protocol, so the tests use them as a person does.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { until } from "./wait.mjs";

const run = promisify(execFile);

export const SIZE = { width: 1280, height: 960 };

const HEEDED_MS = 5_000;
const TRIES = 6;

/** A click or a key is lost now and then, while the window is not in front yet: as a person would, it is tried again. */
async function again(what, gesture, seen) {
  for (let triesLeft = TRIES - 1; ; triesLeft -= 1) {
    await gesture();
    try {
      return await until(what, seen, HEEDED_MS);
    } catch (error) {
      if (triesLeft === 0) throw error;
    }
  }
}

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
      const menu = await again(
        "the context menu",
        () => xdotool("mousemove", String(x), String(y), "click", "3"),
        async () => (await windows()).find((id) => !before.includes(id)),
      );
      // From its end, wherever in the menu keys that were lost on the way have led.
      const keys = ["End", ...Array.from({ length: fromBelow - 1 }, () => "Up"), "Return"];
      await again(
        "the context menu to close",
        () => xdotool("key", ...keys),
        async () => !(await windows()).includes(menu),
      );
    },
    async close() {
      server.kill();
      if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
    },
  };
}
