import { defineConfig } from "vitest/config";
import { everySiteForVitest } from "./every-site.mjs";

export default defineConfig({ plugins: [everySiteForVitest], test: { include: ["src/**/*.test.ts"] } });
