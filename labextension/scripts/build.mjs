// Builds the readers of the one tree: widget.js, predict.js, card.js, whatif.js and page.js for the Python
// package, and the JupyterLab extension.
//
//     node scripts/build.mjs [FOLDER OF THE PACKAGE'S FILES] [FOLDER OF THE EXTENSION]

import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { viewParts } from "./parts.mjs";
import { OWN_PROPERTIES, shortVariables, shrinkCss } from "./shrink.mjs";

const here = dirname(dirname(fileURLToPath(import.meta.url)));
const [packageStatic = join(dirname(here), "rayteach", "static"), dist = join(here, "dist")] =
  process.argv.slice(2);

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  mangleProps: OWN_PROPERTIES,
  plugins: [shrinkCss],
  write: false,
  logLevel: "warning",
};

/** The short names of CSS variables: bundles meet in one page, so they are the same in all. */
const names = new Map();

async function bundle(entry, format, more = {}) {
  const result = await build({ ...common, entryPoints: [entry], format, ...more });
  return shortVariables(result.outputFiles[0].text, names);
}

/** Bytes of the code that the first picture needs, and of what each saved notebook holds per view. */
const FIRST_LIMIT = 80_000;
const LOADER_LIMIT = 2_000;
/** Widgets that are served apart, and the bytes that each may have. */
const SMALL = { predict: 14 * 1024, card: 5 * 1024, whatif: 5 * 1024 };

/** Clears away what an earlier build has left under other names. */
async function buildPackageFiles({ version, parts }) {
  await rm(packageStatic, { recursive: true, force: true });
  await mkdir(join(packageStatic, "views"), { recursive: true });
  const first = Object.entries(parts).filter(([name]) => !name.startsWith("more-")).reduce((sum, [, code]) => sum + code.length, 0);
  if (first > FIRST_LIMIT) throw new Error(`the first part of the views has ${first} bytes, more than ${FIRST_LIMIT}`);
  const loader = await bundle("src/loader.ts", "esm", { define: { RAYTEACH_VERSION: JSON.stringify(version) } });
  if (loader.length > LOADER_LIMIT) throw new Error(`widget.js has ${loader.length} bytes, more than ${LOADER_LIMIT}`);
  for (const [name, code] of Object.entries(parts)) await writeFile(join(packageStatic, "views", name), code);
  await writeFile(join(packageStatic, "parts.json"), JSON.stringify(Object.keys(parts)));
  await writeFile(join(packageStatic, "page.js"), await bundle("src/page.ts", "iife"));
  await writeFile(join(packageStatic, "widget.js"), loader);
  for (const [name, limit] of Object.entries(SMALL)) {
    const small = await bundle(`src/${name}.ts`, "esm");
    if (small.length > limit) throw new Error(`${name}.js has ${small.length} bytes, more than ${limit}`);
    await writeFile(join(packageStatic, `${name}.js`), small);
  }
}

async function buildExtension(views) {
  const code = await bundle("src/lab/container.ts", "iife", { define: { RAYTEACH_VERSION: JSON.stringify(views) } });
  const hash = createHash("sha256").update(code).digest("hex").slice(0, 16);
  const entry = `static/remoteEntry.${hash}.js`;
  await rm(dist, { recursive: true, force: true });
  await mkdir(join(dist, "static"), { recursive: true });
  await writeFile(join(dist, entry), code);
  await mkdir(join(dist, "schemas", "rayteach"), { recursive: true });
  await copyFile(join(here, "schema", "plugin.json"), join(dist, "schemas", "rayteach", "plugin.json"));
  const { name, version, description, license } = JSON.parse(
    await readFile(join(here, "package.json"), "utf8"),
  );
  const manifest = {
    name,
    version,
    description,
    license,
    // JupyterLab loads the file and asks its container for the module.
    jupyterlab: { extension: true, _build: { load: entry, extension: "./extension" } },
  };
  await writeFile(join(dist, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const install = { packageManager: "python", packageName: name, uninstallInstructions: `pip uninstall ${name}` };
  await writeFile(join(dist, "install.json"), `${JSON.stringify(install, null, 2)}\n`);
}

const views = await viewParts(common, names);
await buildPackageFiles(views);
await buildExtension(views.version);
