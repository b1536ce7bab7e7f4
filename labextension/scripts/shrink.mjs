// What esbuild leaves in: blanks in the CSS texts, long names of CSS variables and of the
// properties that never leave the bundle.

import { readFile } from "node:fs/promises";

/** Only used between our own modules: neither on the wire nor in the page. */
const OWN = [
  "store", "measure", "selected", "regions", "layers", "places", "groups", "revision", "isNarrow", "isMoving", "isOpen",
  "isCritical", "isPlaying", "isScrubbed", "isTableShown", "isRequested", "isClocked", "isSilent", "isKnown", "isFollowing",
  "isBusy", "isServed", "isFreed", "isLast", "isFull", "isFirst", "isThere", "pillWidth", "pillW", "pillH", "pitchX", "pitchY", "layerCount", "maxSlot",
  "unanswered", "stopAsking", "wasMoving", "lastFullMs", "nextMs", "calmAtMs", "hovered", "driverY", "placed", "callW", "slotW", "keptX",
  "sizeX", "barW", "nameW", "keptBy", "madeBy", "occupied", "notDrawn", "groupOf", "lineage", "connection", "painter", "pacer", "player",
  "bracketedTick", "sinceMs", "drawnMs", "attempt", "speed", "parents", "schedule", "tasks", "nodes", "actors", "waits", "workers", "start", "slot", "layer", "column", "axis", "lines", "words", "graph",
  "isScrubbed", "parentsOf", "upsert", "extend",
];

/** For esbuild's `mangleProps`. */
export const OWN_PROPERTIES = new RegExp(`^(${OWN.join("|")})$`);

/** Takes the blanks out of the CSS in template texts. */
export const shrinkCss = {
  name: "shrink-css",
  setup(build) {
    build.onLoad({ filter: /draw\/(style|tokens)\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const contents = text.replace(/`[^`]*`/g, (css) => css
        .replace(/\s+/g, " ").replace(/ ?([{};,>]) ?/g, "$1").replace(/([\w-]): /g, "$1:").replaceAll(";}", "}"));
      return { contents, loader: "ts" };
    });
  },
};

/** Gives the CSS variables of ours short names, the same everywhere in a bundle. */
export function shortVariables(code) {
  const names = new Map();
  return code.replace(/--rt-[a-z0-9-]+/g, (name) => {
    if (!names.has(name)) names.set(name, `--r${names.size.toString(36)}`);
    return names.get(name);
  });
}
