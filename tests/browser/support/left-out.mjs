import { readFileSync } from "node:fs";

// How the reasons begin for which a test may be left out in CI, each with its excuse; pytest reads them too.
const MAY_BE_LEFT_OUT = Object.keys(JSON.parse(readFileSync(new URL("../../left_out.json", import.meta.url), "utf8")));

/**
 * Says why a test is left out, if what it needs is missing. In CI that fails, but for what cannot be there.
 *
 * @param {boolean} missing
 * @param {string} reason
 * @returns {false | string} what node:test takes for `skip`
 */
export function leftOut(missing, reason) {
  if (!missing) return false;
  if (process.env.CI === "true" && !MAY_BE_LEFT_OUT.some((allowed) => reason.startsWith(allowed)))
    throw new Error(`with CI=true no test may be left out: ${reason}`);
  return reason;
}
