// What stands around the nodes of the graph: a lane per cell, a frame around what a task
// has submitted, and what was copied from node to node for whom.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { across, box, text as say } from "../draw/marks.ts";
import { bytes } from "../layout/axis.ts";
import type { Block } from "../layout/blocks.ts";
import { cut, fit } from "../layout/labels.ts";
import { labelOfKey } from "../model/graph.ts";
import type { GraphEdge, GraphNode } from "../model/graph.ts";
import { stateAt } from "../model/state.ts";
import { tellTransfer, transferTo } from "../model/transfers.ts";
import type { Transfer } from "../model/transfers.ts";
import { geometryOf, placeOf } from "./graph_geometry.ts";
import { withoutCell } from "./graph_nodes.ts";
import type { Scene } from "./scene.ts";

/** The name of a lane, and what it holds. */
export function lanes(scene: Scene, width: number, yOf: (slot: number) => number, namesIn: (lane: string) => string[]): Child[] {
  const found = scene.layers.blocks.filter((block) => block.isNewLane);
  return found.map((block, i) => {
    const y = yOf(block.top);
    const name = block.lane === "" ? "outside cells" : `cell ${block.lane}`;
    const isMore = found.slice(0, i).some((one) => one.lane === block.lane);
    const room = width - scene.measure(name, 12, true) - 24;
    return h("g", { key: `lane${block.top}`, class: "rt-lane" },
      i > 0 && across(0, width, y - 3, "rule", { key: "rule" }),
      say(3, y + 14, name, "b", { key: "name" }),
      say(13 + scene.measure(name, 12, true), y + 14, isMore ? "continued" : cut(namesIn(block.lane).join(", "), room, 11, scene.measure), "s i3", { key: "what" }));
  });
}

/** "parse × 6": the functions of what a cell submitted itself. */
export function namesInLane(scene: Scene): (lane: string) => string[] {
  const counts = new Map<string, Map<string, number>>();
  for (const node of scene.graph.nodes.values()) {
    const name = node.task === null ? (node.kind === "put" ? "put" : "") : (scene.store.tasks.get(node.task)?.function ?? "");
    if (name === "" || node.inside !== "") continue;
    const lane = counts.get(node.lane) ?? new Map<string, number>();
    counts.set(node.lane, lane.set(name, (lane.get(name) ?? 0) + 1));
  }
  return (lane) => [...(counts.get(lane) ?? [])].map(([name, n]) => (n > 1 ? `${name} × ${n}` : name));
}

interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** The smallest box around the marks of some nodes, null for none that stands. */
function around(scene: Scene, keys: Iterable<string>, margin: number): Box | null {
  const g = geometryOf(scene);
  const spots = [...keys].flatMap((key) => placeOf(scene, key) ?? []);
  if (spots.length === 0) return null;
  const x = Math.min(...spots.map((at) => at.x)) - margin;
  const y = Math.min(...spots.map((at) => at.y)) - margin;
  const letters = scene.store.nodes.size > 1 ? 16 : 0;
  const right = Math.max(...spots.map((at) => at.x)) + g.pillW + 10 + letters + margin;
  const bottom = Math.max(...spots.map((at) => at.y)) + g.pillH + margin;
  return { x, y, w: right - x, h: bottom - y };
}

/** A frame around all that a task of a cell has submitted, and a line to it from the task. */
export function frames(scene: Scene): Child[] {
  return scene.layers.blocks.filter((block) => block.inside !== "").map((block) => frame(scene, block));
}

function frame(scene: Scene, block: Block): VNode | null {
  const shown = [...block.layers.places.keys()].filter((key) => isThere(scene, key));
  if (shown.length === 0) return null;
  const all = around(scene, block.layers.places.keys(), 8);
  const owner = placeOf(scene, block.inside);
  if (all === null || owner === null) return null;
  const g = geometryOf(scene);
  const head = g.pitchY * 0.9 - 8;
  const [x, y, w, height] = [all.x - 2, all.y - head + 4, all.w + 2, all.h + head - 4];
  const isSelected = scene.selected === block.inside;
  const title = cut(`inside ${withoutCell(labelOfKey(scene.store, block.inside))}${block.isMore ? ", continued" : ""}`, w - 16, 11, scene.measure);
  const [x1, y1] = [owner.x + 10, owner.y + g.pillH];
  return h("g", { key: `f${block.top}`, class: `rt-frame${isSelected ? " rt-sel" : ""}` },
    box("frame", "frame-box", x, y, w, height, 4),
    h("path", { key: "way", class: `rt-edge rt-starts${isSelected ? " rt-lit" : ""}`, d: `M${x1} ${y1}V${y + 10}Q${x1} ${y + 14} ${x1 + 4} ${y + 14}H${x}` }),
    h("g", { key: "title", "data-key": block.inside }, say(x + 8, y + 13, title, "s i2 halo", { key: "title" })),
    inner(scene, block));
}

function isThere(scene: Scene, key: string): boolean {
  const id = scene.graph.nodes.get(key)?.task;
  const task = id === null || id === undefined ? undefined : scene.store.tasks.get(id);
  return task !== undefined && stateAt(task, scene.t) !== null;
}

/** Inside of a frame: an outline around what one of its tasks has submitted, where nobody else stands. */
function inner(scene: Scene, block: Block): VNode[] {
  const { graph } = scene;
  const keys = [...block.layers.places.keys()];
  return keys.flatMap((key) => {
    const below = new Set<string>();
    const next = [key];
    for (const at of next) for (const edge of graph.outOf.get(at) ?? []) {
      if (edge.kind !== "starts" || below.has(edge.to)) continue;
      below.add(edge.to);
      next.push(edge.to);
    }
    const all = around(scene, below, 3);
    if (all === null || ![...below].some((one) => isThere(scene, one))) return [];
    const isAlone = keys.every((one) => below.has(one) || !overlaps(scene, one, all));
    return isAlone ? [box(`in${key}`, "frame-box inner", all.x, all.y, all.w, all.h, 3)] : [];
  });
}

function overlaps(scene: Scene, key: string, { x, y, w, h: height }: Box): boolean {
  const at = placeOf(scene, key);
  const g = geometryOf(scene);
  return at !== null && at.x < x + w && at.x + g.pillW + 10 > x && at.y < y + height && at.y + g.pillH > y;
}

/** On the way of a value that had to be copied: an arrow with its bytes, the time on hover. */
export function copies(scene: Scene, lit: Set<string> | null): Child[] {
  if (scene.store.nodes.size < 2) return [];
  const told = new Set<Transfer>();
  return scene.graph.edges.flatMap((edge) => {
    const one = edge.kind === "data" ? copyOn(scene, edge) : null;
    if (one === null || told.has(one)) return [];
    told.add(one);
    return [copyMark(scene, edge, one, lit === null || (lit.has(edge.from) && lit.has(edge.to)))];
  });
}

/** The copy that a task's value came by, null if it was made on the same node. */
function copyOn(scene: Scene, edge: GraphEdge): Transfer | null {
  const { store, graph, t } = scene;
  const task = store.tasks.get((graph.nodes.get(edge.to) as GraphNode).task ?? -1);
  const last = task?.attempts.at(-1);
  const node = (last === undefined ? undefined : store.workers.get(last.worker)?.node) ?? task?.node ?? "";
  return node === "" ? null : transferTo(store, edge.object, node, t);
}

function copyMark(scene: Scene, edge: GraphEdge, one: Transfer, isLit: boolean): VNode | null {
  const to = placeOf(scene, edge.to);
  if (to === null) return null;
  const g = geometryOf(scene);
  const [x, y] = [to.x - 3, to.y + g.pillH / 2];
  const words = fit([`${bytes(one.size)} → ${one.to}`, bytes(one.size), ""], g.pitchX - g.pillW - 22, 11, scene.measure);
  return h("g", { key: `${edge.to}${one.object}`, class: `rt-copy${isLit ? "" : " rt-dim"}`, "data-tip": tellTransfer(one, scene.t, scene.start) },
    h("path", { key: "head", class: "rt-copy-head", d: `M${x} ${y}l-7-3.5v7z` }),
    words !== "" && say(x - 9, y + 13, words, "s ru halo", { key: "words", "text-anchor": "end" }),
    h("rect", { key: "hover", class: "rt-hover", x: x - 60, y: y - 6, width: 60, height: 22 }));
}
