import { defineConfig } from "vitest/config";
import { everySiteForVitest } from "./every-site.mjs";

const SITES = "src/sites/**/*.test.ts";

/** @param {string} name @param {import("vitest/config").TestProjectInlineConfiguration["test"]} test */
const project = (name, test) => ({ plugins: [everySiteForVitest], test: { name, testTimeout: 20_000, ...test } });

export default defineConfig({
  test: {
    projects: [
      // Pure functions: no test can spoil another's modules, and a document for each file took as long as all tests.
      project("sites", { include: [SITES], isolate: false }),
      project("rest", { include: ["src/**/*.test.ts"], exclude: [SITES] }),
    ],
  },
});
