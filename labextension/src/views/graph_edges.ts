// Edges of the graph.

import { h } from "../draw/dom.ts";
import type { VNode } from "../draw/dom.ts";
import type { GraphEdge } from "../model/graph.ts";
import { existsAt } from "../model/state.ts";
import { geometryOf, placeOf } from "./graph_geometry.ts";
import type { Scene } from "./scene.ts";

/** A curve from the value to the task that takes it; dashed until the value exists. */
export function edgePath(scene: Scene, edge: GraphEdge, lit: Set<string> | null): VNode | null {
  const from = placeOf(scene, edge.from);
  const to = placeOf(scene, edge.to);
  // The frame around what a task has submitted has a line of its own.
  if (from === null || to === null || (edge.kind === "starts" && scene.graph.nodes.get(edge.to)?.inside === edge.from)) return null;
  const g = geometryOf(scene);
  const isData = edge.kind === "data";
  const x1 = from.x + g.pillW + (isData ? 11 : 1);
  const y1 = from.y + g.pillH / 2 + (isData ? valueOffset(scene, edge) : 0);
  const x2 = to.x - 1;
  const y2 = to.y + g.pillH / 2;
  const bend = Math.max(12, Math.min(60, (x2 - x1) / 2));
  const classes = ["rt-edge", "rt-fade"];
  if (isData && !existsAt(scene.store, edge.object, scene.t)) classes.push("rt-todo");
  if (!isData) classes.push(`rt-${edge.kind}`);
  if (lit !== null) classes.push(isOnLineage(scene, edge, lit) ? "rt-lit" : "rt-dim");
  return h("path", {
    key: `${edge.from}>${edge.to}${edge.kind}${edge.object}`,
    class: classes.join(" "),
    d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`,
  });
}

/** Only edges on a path through the selected node, not those between two of its kin. */
function isOnLineage(scene: Scene, edge: GraphEdge, lit: Set<string>): boolean {
  if (!lit.has(edge.from) || !lit.has(edge.to) || scene.selected === null) return false;
  const at = scene.layers.places.get(scene.selected)?.layer ?? 0;
  const from = scene.layers.places.get(edge.from)?.layer ?? 0;
  const to = scene.layers.places.get(edge.to)?.layer ?? 0;
  return to <= at || from >= at;
}

/** Values of a task with several returns stand below one another. */
export function valueOffset(scene: Scene, edge: Pick<GraphEdge, "from" | "object">): number {
  const task = scene.graph.nodes.get(edge.from)?.task;
  const count = task === null || task === undefined ? 1 : (scene.store.tasks.get(task)?.num_returns ?? 1);
  return offsetOf(Number(edge.object.split(".")[1] ?? 0), count);
}

/** Values drawn at a pill's edge; the others share the last one. */
export const VALUES_DRAWN = 3;

export function offsetOf(index: number, count: number): number {
  const drawn = Math.min(count, VALUES_DRAWN);
  return (Math.min(index, drawn - 1) - (drawn - 1) / 2) * 8;
}
