// The words for the shapes, of those states only that the run has shown.

import { h } from "../draw/dom.ts";
import type { VNode } from "../draw/dom.ts";
import { icon } from "../draw/glyphs.ts";
import { WORD, counts } from "../model/state.ts";
import type { State } from "../model/state.ts";
import type { Scene } from "./scene.ts";

/** As things happen: the other way round than the header counts. */
const ORDER: readonly State[] = ["needs input", "queued", "running", "blocked", "done", "failed", "cancelled", "cannot run"];

export function legend(scene: Scene): VNode {
  const now = counts(scene.store, scene.t);
  const present = ORDER.filter((state) => now[state] > 0);
  const items = present.map((state) => h("span", { key: state }, icon(state), h("span", {}, `${WORD[state]}${state === "blocked" ? ", CPU lent" : ""}`)));
  return h("div", { key: "legend", class: "rt-legend" }, items);
}
