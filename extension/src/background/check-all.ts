import type { Answerer } from "../shared/answerer";
import type { Collected } from "../shared/messages";
import { rememberRecent, slim } from "../shared/recent";
import { rememberSweep, sweepOf, type Sweep } from "../shared/storage";
import { outcomeOfTaken } from "./outcome-of";
import { enterTab, siteName, tellFrame } from "./page";

async function collect(tabId: number): Promise<(Collected & { frameId: number })[]> {
  const found = new Map<string, Collected & { frameId: number }>();
  for (const frameId of await enterTab(tabId)) {
    const inFrame = await tellFrame<Collected[]>(tabId, frameId, { to: "page", type: "collect" }).catch(() => []);
    for (const one of inFrame) found.set(one.src || one.check, { ...one, frameId });
  }
  return [...found.values()];
}

/** Whether the sweep still goes on: the person may have stopped it, begun another, or left the page. */
async function goesOn(tabId: number, id: string): Promise<boolean> {
  const sweep = await sweepOf(tabId);
  return sweep?.id === id && sweep.state === "running";
}

/** Checks every picture of a page, one after the other. Faces get a badge; what has none stays as it is. */
export async function checkAll(tabId: number, answerers: readonly Answerer[]): Promise<void> {
  const sweep: Sweep = { id: crypto.randomUUID(), state: "running", total: 0, done: 0, found: [], hosts: [] };
  await rememberSweep(tabId, sweep);
  const pictures = await collect(tabId);
  sweep.total = pictures.length;
  await rememberSweep(tabId, sweep);
  for (const { check, frameId, src, larger, pixels } of pictures) {
    if (!(await goesOn(tabId, sweep.id))) return;
    const outcome = await outcomeOfTaken({ tabId, frameId, src }, check, { larger, pixels }, answerers);
    if (!(await goesOn(tabId, sweep.id))) return;
    sweep.done += 1;
    if (outcome.kind === "report" && outcome.report.faces.length > 0) {
      await rememberRecent(await siteName({ tabId, src }), outcome);
      sweep.found.push(slim(outcome));
      await tellFrame(tabId, frameId, { to: "page", type: "show", check, outcome }).catch(() => undefined);
    }
    if (outcome.kind === "needs_permission" && !sweep.hosts.includes(outcome.host)) sweep.hosts.push(outcome.host);
    await rememberSweep(tabId, sweep);
  }
  await rememberSweep(tabId, { ...sweep, state: "done" });
}

export async function stopAll(tabId: number): Promise<void> {
  const sweep = await sweepOf(tabId);
  if (sweep) await rememberSweep(tabId, { ...sweep, state: "stopped" });
}
