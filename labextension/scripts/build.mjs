// Builds the three readers of the one tree: widget.js and page.js for the Python package,
// and the JupyterLab extension in dist/.

import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(here, "dist");
const packageStatic = join(dirname(here), "rayteach", "static");

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  write: false,
  logLevel: "warning",
};

async function bundle(entry, format) {
  const result = await build({ ...common, entryPoints: [entry], format });
  return result.outputFiles[0].contents;
}

async function buildPackageFiles() {
  await mkdir(packageStatic, { recursive: true });
  await writeFile(join(packageStatic, "widget.js"), await bundle("src/widget.ts", "esm"));
  await writeFile(join(packageStatic, "page.js"), await bundle("src/page.ts", "iife"));
}

async function buildExtension() {
  const code = await bundle("src/lab/container.ts", "iife");
  const hash = createHash("sha256").update(code).digest("hex").slice(0, 16);
  const entry = `static/remoteEntry.${hash}.js`;
  await rm(dist, { recursive: true, force: true });
  await mkdir(join(dist, "static"), { recursive: true });
  await writeFile(join(dist, entry), code);
  const { name, version, description, license } = JSON.parse(
    await readFile(join(here, "package.json"), "utf8"),
  );
  const manifest = {
    name,
    version,
    description,
    license,
    // JupyterLab asks the container for these modules.
    jupyterlab: { extension: true, _build: { load: entry, extension: "./extension" } },
  };
  await writeFile(join(dist, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const install = { packageManager: "python", packageName: name, uninstallInstructions: `pip uninstall ${name}` };
  await writeFile(join(dist, "install.json"), `${JSON.stringify(install, null, 2)}\n`);
}

await Promise.all([buildPackageFiles(), buildExtension()]);
