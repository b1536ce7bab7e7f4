// The code of the views in parts: what the first picture needs, and the rest. Both share one
// chunk; every file is named by the hash of all, so two versions in one page keep apart.

import { createHash } from "node:crypto";
import { build } from "esbuild";
import { shortVariables } from "./shrink.mjs";

/**
 * Returns the version and the parts by name, in the order in which they are to be made known:
 * what is imported comes before what imports it. The last part is loaded when it is asked for.
 */
export async function viewParts(common, names) {
  const { outputFiles, metafile } = await build({
    ...common, entryPoints: ["src/widget.ts"], format: "esm", splitting: true, metafile: true, outdir: "parts",
    entryNames: "views", chunkNames: "[name]-[hash]",
  });
  const files = Object.entries(metafile.outputs).map(([path, output]) => ({
    name: path.replace("parts/", ""),
    isLate: output.entryPoint === "src/more.ts",
    isFirst: output.entryPoint === "src/widget.ts",
    text: shortVariables(outputFiles.find((file) => file.path.endsWith(path)).text, names),
  }));
  const version = createHash("sha256").update(files.map((file) => file.text).join()).digest("hex").slice(0, 12);
  const newName = (file) => (file.isFirst ? `views-${version}.js` : file.isLate ? `more-${version}.js` : `shared-${version}-${file.name.slice(-11)}`);
  const parts = {};
  const ordered = [...files].sort((a, b) => Number(a.isFirst) - Number(b.isFirst) || Number(a.isLate) - Number(b.isLate));
  for (const file of ordered) {
    let { text } = file;
    for (const other of files) {
      // The late part has no address yet when the early ones are made: it is looked up.
      if (other.isLate) text = text.replaceAll(`import("./${other.name}")`, `import(globalThis.rayteachParts["${newName(other)}"])`);
      text = text.replaceAll(`"./${other.name}"`, `"./${newName(other)}"`);
    }
    parts[newName(file)] = text;
  }
  return { version, parts };
}
