// Instances of one behaviour: some of them always, the others where everything is asked for (as tests/instances.py).
import assert from "node:assert/strict";

export const EVERY_INSTANCE = process.env.EVERY_INSTANCE === "yes";

/**
 * The names of a test's instances: those in `always` for `make test`, all of them for `make test-all`.
 * @param {readonly string[]} instances
 * @param {...string} always
 */
export function someOf(instances, ...always) {
  assert.deepEqual(
    always.filter((name) => !instances.includes(name)),
    [],
  );
  return EVERY_INSTANCE ? instances : always;
}
