// Builds the readers of the one tree: widget.js, predict.js, card.js, whatif.js and page.js for the Python
// package, and the JupyterLab extension.
//
//     node scripts/build.mjs [FOLDER OF THE PACKAGE'S FILES] [FOLDER OF THE EXTENSION]

import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
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

async function bundle(entry, format) {
  const result = await build({ ...common, entryPoints: [entry], format });
  return shortVariables(result.outputFiles[0].text);
}

/**
 * A module that unpacks another one. The code travels with every widget's state, so its size
 * counts in each saved notebook; packed it takes less than half. Hosts load widgets from
 * blob URLs themselves, so nothing more is asked of them.
 */
function packed(code) {
  const data = gzipSync(code, { level: 9 }).toString("base64");
  return `const packed = "${data}";
const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
const code = await new Response(stream).arrayBuffer();
const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
const { default: widget } = await import(/* webpackIgnore: true */ url);
URL.revokeObjectURL(url);
export default widget;
`;
}

/** Bytes of the widget's code, and those that it may add, packed, to each saved notebook. */
const CODE_LIMIT = 114 * 1024;
const WIDGET_LIMIT = 55 * 1024;
/** Widgets that are served apart, and the bytes that each may have. */
const SMALL = { predict: 14 * 1024, card: 5 * 1024, whatif: 5 * 1024 };

async function buildPackageFiles() {
  await mkdir(packageStatic, { recursive: true });
  const code = await bundle("src/widget.ts", "esm");
  if (code.length > CODE_LIMIT) throw new Error(`the widget's code has ${code.length} bytes, more than ${CODE_LIMIT}`);
  const widget = packed(code);
  if (widget.length > WIDGET_LIMIT) throw new Error(`widget.js has ${widget.length} bytes, more than ${WIDGET_LIMIT}`);
  await writeFile(join(packageStatic, "widget.js"), widget);
  await writeFile(join(packageStatic, "page.js"), await bundle("src/page.ts", "iife"));
  for (const [name, limit] of Object.entries(SMALL)) {
    const small = await bundle(`src/${name}.ts`, "esm");
    if (small.length > limit) throw new Error(`${name}.js has ${small.length} bytes, more than ${limit}`);
    await writeFile(join(packageStatic, `${name}.js`), small);
  }
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
    // JupyterLab loads the file and asks its container for the module.
    jupyterlab: { extension: true, _build: { load: entry, extension: "./extension" } },
  };
  await writeFile(join(dist, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const install = { packageManager: "python", packageName: name, uninstallInstructions: `pip uninstall ${name}` };
  await writeFile(join(dist, "install.json"), `${JSON.stringify(install, null, 2)}\n`);
}

await Promise.all([buildPackageFiles(), buildExtension()]);
