// Type check, then the tests: compiled by esbuild (Node 20 reads no TypeScript), run by node.

import { spawnSync } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(here, "build", "test");

function run(...words) {
  const { status } = spawnSync(process.execPath, words, { cwd: here, stdio: "inherit" });
  return status === 0;
}

await rm(out, { recursive: true, force: true });
const names = (await readdir(join(here, "test"))).filter((name) => name.endsWith(".test.ts"));
await build({
  absWorkingDir: here,
  entryPoints: names.map((name) => `test/${name}`),
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  define: { RAYTEACH_VERSION: '"test"' },
  outdir: out,
  outExtension: { ".js": ".mjs" },
  sourcemap: "inline",
  logLevel: "warning",
});
const files = names.map((name) => join(out, name.replace(/\.ts$/, ".mjs")));
const isTyped = run(join("node_modules", "typescript", "bin", "tsc"), "--noEmit");
const hasPassed = run("--enable-source-maps", "--test", "--test-reporter=spec", ...files);
process.exitCode = isTyped && hasPassed ? 0 : 1;
