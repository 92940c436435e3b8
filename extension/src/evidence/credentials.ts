import { date as LISTED } from "../../../fake_image_detection/evidence/trust_list.json";
import { shown, sourceType } from "./rules";
import { KEEPS_PHOTOGRAPH, LIMITS, SOURCE_TYPES, type Evidence, type Proves } from "./table";

type Json = Record<string, unknown>;

interface Action {
  action: string;
  source: string;
}

interface History {
  proves: Proves;
  words: string;
}

const BEGINNINGS = ["c2pa.created", "c2pa.opened"];

function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function actionsOf(manifest: Json): Action[] {
  return list(manifest.assertions)
    .map(object)
    .filter(({ label }) => text(label).startsWith("c2pa.actions"))
    .flatMap(({ data }) => list(object(data).actions).map(object))
    .map(({ action, digitalSourceType }) => ({ action: text(action), source: sourceType(text(digitalSourceType)) }));
}

function beginning(store: Json, manifest: Json, actions: readonly Action[], left: number): History {
  for (const { action, source } of actions) {
    const kind = SOURCE_TYPES.get(source);
    if (action === "c2pa.created" && kind) return kind;
  }
  for (const ingredient of list(manifest.ingredients).map(object)) {
    if (ingredient.relationship !== "parentOf" || left === 0) continue;
    const parent = object(object(store.manifests)[text(ingredient.active_manifest)]);
    if (Object.keys(parent).length > 0) return history(store, parent, left - 1);
  }
  return { proves: "nothing", words: "its origin is not told" };
}

/** What a manifest and those of the pictures it was made from say of the picture's making. */
function history(store: Json, manifest: Json, left: number): History {
  const actions = actionsOf(manifest);
  const { proves, words } = beginning(store, manifest, actions, left);
  if (proves === "generated") return { proves, words };
  for (const { action, source } of actions) {
    const kind = SOURCE_TYPES.get(source);
    if (!BEGINNINGS.includes(action) && (kind?.proves === "generated" || kind?.proves === "edited")) {
      return { proves: "edited", words: `${words}, then ${kind.words.replace("made by", "edited with")}` };
    }
  }
  const edited = proves === "photographed" && actions.some(({ action }) => !KEEPS_PHOTOGRAPH.has(action));
  return edited ? { proves: "edited", words: `${words}, then edited` } : { proves, words };
}

function failures(store: Json): string[] {
  const results = object(store.validation_results);
  const deltas = list(results.ingredientDeltas).map((delta) => object(object(delta).validationDeltas));
  return [object(results.activeManifest), ...deltas].flatMap(({ failure }) =>
    list(failure).map((item) => text(object(item).code)),
  );
}

function signerOf({ issuer, common_name }: Json): string {
  const names = [issuer, common_name].map((name) => shown(text(name))).filter(Boolean);
  return [...new Set(names)].join(", ") || "somebody unnamed";
}

/** What made the manifest, and the actions it tells of. */
function particulars(manifest: Json): string {
  const name = shown(text(object(list(manifest.claim_generator_info)[0]).name) || text(manifest.claim_generator));
  const actions = new Set(
    actionsOf(manifest)
      .filter(({ action }) => action)
      .map(({ action }) => shown(action.replace(/^c2pa\./, ""))),
  );
  const parts = name ? [`by ${name}`] : [];
  if (actions.size > 0) parts.push(`actions: ${[...actions].slice(0, 6).join(", ")}`);
  return parts.length > 0 ? ` (${parts.join("; ")})` : "";
}

/** What a manifest store, in the JSON form of the official libraries, says of its picture. */
export function judge(store: Json): Evidence {
  const manifest = object(object(store.manifests)[text(store.active_manifest)]);
  const signature = object(manifest.signature_info);
  const signer = signerOf(signature);
  const { proves, words } = history(store, manifest, LIMITS.ingredients);
  const said = words + particulars(manifest);
  const day = [...shown(text(signature.time))].slice(0, 10).join("");
  const on = day ? ` on ${day}` : "";
  const failed = failures(store);
  if (store.validation_state === "Trusted" && failed.length === 0) {
    const detail = `Content Credentials signed by ${signer}${on}, a signer on the list of ${LISTED}: ${said}`;
    return { code: "c2pa_signed", detail, proves, strength: proves === "nothing" ? "strong" : "conclusive" };
  }
  if (store.validation_state === "Trusted" || store.validation_state === "Valid") {
    const detail =
      `Content Credentials signed by \u201c${signer}\u201d${on}, a signer not on our list of ${LISTED} ` +
      `(anyone can sign so): ${said}`;
    return {
      code: "c2pa_unlisted",
      detail,
      proves,
      strength: proves === "photographed" || proves === "nothing" ? "weak" : "strong",
    };
  }
  const reasons = shown([...new Set(failed)].sort().slice(0, 4).join(", ")) || "no valid signature";
  const detail = `Content Credentials that do not hold (${reasons}) and may belong to another picture: ${said}`;
  return { code: "c2pa_broken", detail, proves: "nothing", strength: "weak" };
}
