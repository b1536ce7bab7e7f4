// The graph: tasks are pills, their results the small squares at the right edge, actors
// hexagons. An edge is dashed until the value exists.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { picture } from "../draw/marks.ts";
import { legend } from "./legend.ts";
import type { Arrow, Pane, Scene } from "./scene.ts";
import { neighbour } from "./graph_keys.ts";
import { edgePath } from "./graph_edges.ts";
import { layerHead, nodeMark } from "./graph_nodes.ts";
import { geometryOf } from "./graph_geometry.ts";
import { more } from "../parts.ts";

export const graphPane: Pane = {
  id: "graph",
  name: "Graph of tasks",
  isClocked: false,
  draw: (scene: Scene) => (scene.groups === null ? drawGraph(scene) : (more()?.drawGroups(scene, scene.groups) ?? [])),
  step: (scene: Scene, from: string | null, arrow: Arrow) =>
    scene.groups === null ? neighbour(scene, from, arrow) : (more()?.stepInGroups(scene, scene.groups, from, arrow) ?? null),
  hit: (scene: Scene, x: number, y: number) => {
    const open = scene.groups?.groupOf(scene.selected) ?? null;
    return open === null ? null : (more()?.taskInField(scene, open, x, y) ?? null);
  },
};

function drawGraph(scene: Scene): Child[] {
  const { graph, layers, selected } = scene;
  if (graph.nodes.size === 0) return [];
  const g = geometryOf(scene);
  const right = Math.max(0, layers.layerCount - 1) * g.pitchX + g.pillW + 24;
  const width = Math.max(scene.width, right);
  const height = g.top + (layers.maxSlot + 1) * g.pitchY + 10;
  const parts = more();
  const yOf = (slot: number): number => g.top + 3 + slot * g.pitchY;
  const lit = selected !== null && graph.nodes.has(selected) ? graph.lineage(selected) : null;
  const nodes = [...graph.nodes.values()];
  const entry = selected !== null && graph.nodes.has(selected) ? selected : (nodes[0]?.key ?? "");
  const drawing = picture("Graph of tasks", width, height, {},
    hatch(scene.uid),
    h("g", { key: "heads", "aria-hidden": "true" }, layers.blocks.some((block) => block.isNewLane) ? (parts?.lanes(scene, width, yOf, parts.namesInLane(scene)) ?? []) : heads(scene)),
    h("g", { key: "frames", "aria-hidden": "true" }, parts?.frames(scene) ?? []),
    h("g", { key: "edges", "aria-hidden": "true" }, graph.edges.map((e) => edgePath(scene, e, lit))),
    h("g", { key: "copies", "aria-hidden": "true" }, parts?.copies(scene, lit) ?? []),
    h("g", { key: "nodes" }, nodes.map((node) => nodeMark(scene, node, node.key === entry))),
  );
  return [h("div", { key: "scroll", class: "rt-scroll" }, drawing), legend(scene)];
}

function heads(scene: Scene): Child[] {
  return Array.from({ length: scene.layers.layerCount }, (_, layer) => layerHead(scene, layer));
}

/** The hatching of blocked marks, as a pattern of its own per view. */
export function hatch(uid: string): VNode {
  const box = { width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
  return h("defs", { key: "defs" }, h("pattern", { id: `rt-hatch-${uid}`, ...box },
    h("rect", { class: "rt-plate", width: 6, height: 6 }),
    h("rect", { width: 2, height: 6, style: "fill: var(--rt-run); opacity: .5" })));
}
