// Builds dev/ into build/dev: pages with made-up runs, to be looked at in a browser.

import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(here, "build", "dev");

await mkdir(out, { recursive: true });
await copyFile(join(here, "dev", "index.html"), join(out, "index.html"));
await build({
  absWorkingDir: here,
  entryPoints: ["dev/main.ts"],
  bundle: true,
  format: "iife",
  target: "es2022",
  outfile: join(out, "main.js"),
  logLevel: "warning",
});
