// What esbuild leaves in: blanks in the CSS texts, long names of CSS variables and of the
// properties that never leave the bundle.

import { readFile } from "node:fs/promises";

/** Only used between our own modules: neither on the wire nor in the page. */
const OWN = [
  "actors", "attempt", "axis", "barW", "bracketedTick", "brush", "calls", "callW", "calmAtMs",
  "column", "connection", "doubt", "drawnMs", "driverY", "extend", "give", "graph", "groupOf", "groups", "hovered",
  "isBusy", "isClocked", "isCritical", "isDeaf", "isFirst", "isFollowing", "isFreed", "isFull", "isKnown",
  "isLast", "isMoving", "isNarrow", "isOpen", "isPending", "isPlaying", "isRequested", "isScrubbed", "isServed",
  "isSilent", "isTableShown", "isThere", "keptBy", "keptX", "lastFullMs", "layer", "layerCount",
  "layers", "lineage", "lines", "madeBy", "madeMs", "maxSlot", "measure", "moments", "nameW",
  "nextMs", "nodes", "notDrawn", "occupied", "pacer", "painter", "parents", "parentsOf", "pillH",
  "pillW", "pillWidth", "pitchX", "pitchY", "placed", "places", "player", "regions", "revision",
  "schedule", "selected", "sinceMs", "sizeX", "slot", "slotW", "speed", "start", "stopAsking", "stopWaiting",
  "store", "tasks", "unanswered", "upsert", "waits", "wasMoving", "words", "workers", "zoom",
];

/** For esbuild's `mangleProps`. */
export const OWN_PROPERTIES = new RegExp(`^(${OWN.join("|")})$`);

/** Takes the blanks out of the CSS in template texts. */
export const shrinkCss = {
  name: "shrink-css",
  setup(build) {
    build.onLoad({ filter: /draw\/(style|style_more|tokens)\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const contents = text.replace(/`[^`]*`/g, (css) => css
        .replace(/\s+/g, " ").replace(/ ?([{};,>]) ?/g, "$1").replace(/([\w-]): /g, "$1:").replaceAll(";}", "}"));
      return { contents, loader: "ts" };
    });
  },
};

/** Gives the CSS variables of ours short names, the same everywhere in a bundle. */
export function shortVariables(code, names = new Map()) {
  return code.replace(/--rt-[a-z0-9-]+/g, (name) => {
    if (!names.has(name)) names.set(name, `--r${names.size.toString(36)}`);
    return names.get(name);
  });
}
