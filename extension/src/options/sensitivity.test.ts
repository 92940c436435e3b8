// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import CASES from "../../../tests/verdict_cases.json";
import { memoryArea } from "../shared/chrome.testing";

const SECTION = /<section id="sensitivity"[\s\S]*?<\/section>/.exec(readFileSync("static/options.html", "utf8"))?.[0];
const local = memoryArea();

beforeEach(() => {
  delete local.held.sensitivity;
  document.body.innerHTML = SECTION ?? "";
});

afterEach(() => vi.unstubAllGlobals());

const MEASURED = structuredClone(CASES.network);
Object.assign(MEASURED.sensitivities.strict.figures, {
  real_called_fake: 0.0021,
  real_called_fake_upper_bound: 0.009,
  real_called_uncertain: 0.08,
  fake_called_fake: 0.5,
});

/** Shows the choices for a bundle with these networks. */
async function show(light: object, strong: object = MEASURED) {
  vi.resetModules();
  const manifest = { roles: { strong: "big", light: "small" }, networks: { big: strong, small: light } };
  vi.stubGlobal("chrome", { storage: { local }, runtime: { getURL: (path: string) => path } });
  vi.stubGlobal("fetch", () => Promise.resolve({ json: () => Promise.resolve(manifest) }));
  const { showSensitivities } = await import("./sensitivity");
  const { chosenSensitivity, sensitivityForServer } = await import("../shared/sensitivity");
  const section = document.querySelector("section")!;
  await showSensitivities(section);
  const choices = [...section.querySelectorAll("input")];
  const choose = (value: string) => choices.find((choice) => choice.value === value)?.click();
  return {
    section,
    chosenSensitivity,
    sensitivityForServer,
    choose,
    chosen: choices.filter((each) => each.checked).map((each) => each.value),
  };
}

test("the usual sensitivity is chosen until the person chooses another", async () => {
  const { section, chosen, choose, chosenSensitivity } = await show(MEASURED);
  expect(section.hidden).toBe(false);
  expect(chosen).toEqual(["usual"]);
  choose("strict");
  expect(await chosenSensitivity()).toBe("strict");
  expect((await show(MEASURED)).chosen).toEqual(["strict"]);
});

test("each choice has the figures of the server's network and of the browser's", async () => {
  const lines = [...(await show(MEASURED)).section.querySelectorAll(".choices p")].map((line) => line.textContent);
  expect(lines).toHaveLength(6);
  expect(lines[0]).toBe(
    "Your server: of photographs 0.2% called fake (up to 0.9%) and 8% uncertain; of generated faces 50% found.",
  );
});

test("where one network alone was measured it says so, and the other is asked for the usual one", async () => {
  const unmeasured = { bands: MEASURED.bands };
  const { section, sensitivityForServer } = await show(MEASURED, unmeasured);
  expect(section.querySelector(".choices p")?.textContent).toMatch(/^Your server’s network was not measured at this/);
  expect(await sensitivityForServer("strict")).toBe("usual");
  expect(await (await show(unmeasured)).sensitivityForServer("strict")).toBe("strict");
});

test("where no network was measured at the others nothing is offered, and an older choice is not followed", async () => {
  local.held.sensitivity = "eager";
  const { section, chosenSensitivity } = await show({ bands: MEASURED.bands }, { bands: MEASURED.bands });
  expect(section.hidden).toBe(true);
  expect(await chosenSensitivity()).toBe("usual");
});
