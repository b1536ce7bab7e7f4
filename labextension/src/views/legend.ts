// The words for the shapes, of those states only that the run has shown.

import { h } from "../draw/dom.ts";
import type { VNode } from "../draw/dom.ts";
import { icon } from "../draw/glyphs.ts";
import { counts } from "../model/state.ts";
import type { State } from "../model/state.ts";
import type { Scene } from "./scene.ts";

const ORDER: readonly (readonly [State, string])[] = [
  ["needs input", "needs input"],
  ["queued", "queued"],
  ["running", "running"],
  ["blocked", "blocked in get, CPU lent"],
  ["done", "done"],
  ["failed", "failed"],
  ["cancelled", "cancelled"],
  ["cannot run", "cannot run"],
];

export function legend(scene: Scene): VNode {
  const now = counts(scene.store, scene.t);
  const present = ORDER.filter(([state]) => now[state] > 0);
  const items = present.map(([state, word]) => h("span", { key: state }, icon(state), h("span", {}, word)));
  return h("div", { key: "legend", class: "rt-legend" }, items);
}
