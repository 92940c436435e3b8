import { expect, test } from "vitest";
import { judge } from "./credentials";
import { findEvidence, verdictOf } from "./evidence";
import golden from "./evidence.golden.json";
import type { Evidence } from "./table";

const READS_NOTHING = (): Promise<never> => Promise.reject(new Error("no reader"));

// A signature and an empty caBX chunk.
const PNG_WITH_MANIFEST = "iVBORw0KGgoAAAAAY2FCWAAAAAA=";

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(base64, "base64"));
}

test.each(golden.pictures)("$name gives the evidence that Python finds", async ({ file, evidence }) => {
  expect(await findEvidence(bytes(file), READS_NOTHING)).toEqual(evidence);
});

test.each(golden.stores)("a manifest store, $name, is judged as Python judges it", ({ store, evidence }) => {
  expect(judge(store)).toEqual(evidence);
});

test("a manifest is read by the reader that is given", async () => {
  const [{ store, evidence }] = golden.stores;
  const asked: string[] = [];
  const read = (_picture: Uint8Array<ArrayBuffer>, mediaType: string): Promise<unknown> => {
    asked.push(mediaType);
    return Promise.resolve(store);
  };
  expect(await findEvidence(bytes(PNG_WITH_MANIFEST), read)).toEqual([evidence]);
  expect(asked).toEqual(["image/png"]);
});

test("a manifest that cannot be read is said to be there", async () => {
  const [item] = await findEvidence(bytes(PNG_WITH_MANIFEST), () => Promise.reject(new Error("they took too long")));
  expect(item).toMatchObject({ code: "c2pa_unread", proves: "nothing", strength: "weak" });
  expect(item.detail).toContain("they took too long");
});

test("the reader is not asked where there is no manifest", async () => {
  const picture = golden.pictures.find(({ name }) => name === "camera");
  const read = (): Promise<never> => {
    throw new Error("asked");
  };
  expect(await findEvidence(bytes(picture?.file ?? ""), read)).toHaveLength(1);
});

test.each([
  ["generated", "conclusive", "fake"],
  ["photographed", "conclusive", "real"],
  ["edited", "conclusive", null],
  ["generated", "strong", null],
] as const)("%s evidence that is %s decides %s", (proves, strength, verdict) => {
  const evidence: Evidence[] = [{ code: "x", detail: "", proves, strength }];
  expect(verdictOf(evidence)).toBe(verdict);
});
