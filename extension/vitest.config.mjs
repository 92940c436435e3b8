import { defineConfig } from "vitest/config";
import { everySiteForVitest } from "./every-site.mjs";

const PURE = "src/{detector,evidence,shared,sites}/**/*.test.ts";

/** @param {string} name @param {import("vitest/config").TestProjectInlineConfiguration["test"]} test */
const project = (name, test) => ({ plugins: [everySiteForVitest], test: { name, testTimeout: 20_000, ...test } });

export default defineConfig({
  test: {
    projects: [
      // No test can spoil another's modules, and modules and a document for each file took as long as all tests.
      project("pure", { include: [PURE], isolate: false }),
      project("rest", { include: ["src/**/*.test.ts"], exclude: [PURE] }),
    ],
  },
});
