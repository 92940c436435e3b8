// What the extension weighs on a page and on the machine.
import { readdirSync, readFileSync } from "node:fs";

/** Memory of a page's JavaScript and the number of its nodes, after what is no longer needed was thrown away. */
export async function pageMemory(page) {
  const session = await page.context().newCDPSession(page);
  try {
    await session.send("HeapProfiler.collectGarbage");
    await session.send("Performance.enable");
    const { metrics } = await session.send("Performance.getMetrics");
    const value = (name) => metrics.find((metric) => metric.name === name)?.value ?? NaN;
    return { megabytes: Number((value("JSHeapUsedSize") / 1e6).toFixed(1)), nodes: value("Nodes") };
  } finally {
    await session.detach();
  }
}

/** Watches a page's main thread; gives what tells the lengths of the tasks over 50 ms since then. */
export async function watchLongTasks(page) {
  await page.evaluate(() => {
    const tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: "longtask" });
    Object.assign(globalThis, { longTasks: tasks });
  });
  return () =>
    page.evaluate(() => /** @type {any} */ (globalThis).longTasks.map(({ duration }) => Math.round(duration)));
}

/** Processes of extensions of the browser started here. */
function extensionProcesses() {
  const parents = new Map();
  const ofExtensions = [];
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${id}/stat`, "utf8");
      parents.set(id, stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      if (readFileSync(`/proc/${id}/cmdline`, "utf8").includes("--extension-process")) ofExtensions.push(id);
    } catch {
      // It has ended meanwhile.
    }
  }
  const isOurs = (id) => {
    for (let at = id; at; at = parents.get(at)) if (at === String(process.pid)) return true;
    return false;
  };
  return ofExtensions.filter(isOurs);
}

/** Memory that the extension's own process of a browser started here holds, in MB; null where the system does not tell. */
export function extensionMegabytes() {
  if (process.platform !== "linux") return null;
  const held = extensionProcesses().map((id) => {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/status`, "utf8")) ?? [];
    return Number(kilobytes) / 1000;
  });
  return Math.round(Math.max(...held));
}

/** Names of the threads of such processes; null where the system does not tell. */
export function extensionThreads() {
  if (process.platform !== "linux") return null;
  return extensionProcesses().flatMap((id) =>
    readdirSync(`/proc/${id}/task`).map((task) => readFileSync(`/proc/${id}/task/${task}/comm`, "utf8").trim()),
  );
}
