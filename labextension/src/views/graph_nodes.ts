// Marks of the graph: pills, values, hexagons, and the heads of the layers.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { box, text as say } from "../draw/marks.ts";
import { glyph, slug } from "../draw/glyphs.ts";
import { cut, fit, nameOf, numberOf } from "../layout/labels.ts";
import { taskKey } from "../model/graph.ts";
import type { GraphNode } from "../model/graph.ts";
import type { TaskRow } from "../model/rows.ts";
import { WORD, existsAt, objectLabel, stateAt } from "../model/state.ts";
import type { State } from "../model/state.ts";
import { factOf, mailboxOf } from "../model/story.ts";
import { VALUES_DRAWN, offsetOf } from "./graph_edges.ts";
import { geometryOf, placeOf } from "./graph_geometry.ts";
import type { Scene } from "./scene.ts";

export function nodeMark(scene: Scene, node: GraphNode, isEntry: boolean): VNode | null {
  const at = placeOf(scene, node.key);
  if (at === null) return null;
  const task = node.task === null ? undefined : scene.store.tasks.get(node.task);
  const state = task === undefined ? null : stateAt(task, scene.t);
  if (task !== undefined && state === null) return null;
  const isSelected = node.key === scene.selected;
  const classes = ["rt-node", state === null ? "rt-object" : `rt-${slug(state)}`];
  if (isSelected) classes.push("rt-sel");
  return h(
    "g",
    {
      key: node.key, "data-key": node.key, class: classes.join(" "),
      transform: `translate(${at.x} ${at.y})`,
      tabindex: isEntry ? 0 : -1, role: "button", "aria-pressed": String(isSelected),
      "aria-label": spokenName(scene, node, task, state),
    },
    task !== undefined && state !== null
      ? taskMark(scene, node, task, state)
      : objectMark(scene, node),
  );
}

function spokenName(scene: Scene, node: GraphNode, task: TaskRow | undefined, state: State | null): string {
  if (task !== undefined && state !== null) return `${task.label}, ${WORD[state]}`;
  const there = existsAt(scene.store, node.object, scene.t) ? "there" : "not there yet";
  return `value ${objectLabel(scene.store, node.object)}, ${there}`;
}

function taskMark(scene: Scene, node: GraphNode, task: TaskRow, state: State): Child[] {
  const g = geometryOf(scene);
  const isOn = state === "running";
  const middle = g.pillH / 2;
  if (node.kind === "actor") return actorMark(scene, task, state);
  const room = g.pillW - 26;
  const label = pillLabel(task.label, room, scene);
  return [
    ...lostTries(scene, task).map((i) => box(`lost${i}`, "ghost", 3 * i, -3 * i, g.pillW, g.pillH, 2)),
    box("ring", "ring", -3, -3, g.pillW + 6, g.pillH + 6, 3),
    h("rect", { key: "box", class: "rt-box", width: g.pillW, height: g.pillH, rx: 2 }),
    state === "blocked" && h("rect", {
      key: "hatch", class: "rt-hatch", x: 0.6, y: 0.6, width: g.pillW - 1.2, height: g.pillH - 1.2, rx: 2,
      fill: `url(#rt-hatch-${scene.uid})`,
    }),
    state === "blocked" && h("rect", {
      key: "plate", class: "rt-plate", x: 4, y: 3, width: Math.min(g.pillW - 8, scene.measure(label, 12, true) + 22), height: g.pillH - 6,
    }),
    glyph(state, 12, middle, isOn),
    say(22, middle + 4, label, "label", { key: "label" }),
    ...values(scene, task),
    tries(scene, task, g.pillW),
    beside(scene, node, task),
  ];
}

/** An outline behind the pill for each attempt that was lost, two at most. */
function lostTries({ t }: Scene, { attempts }: TaskRow): number[] {
  const lost = attempts.filter((attempt) => attempt.outcome === "lost" && (attempt.end_s ?? Infinity) <= t).length;
  return [2, 1].filter((i) => i <= lost);
}

/** "try 2" above a task whose earlier attempts were lost. */
function tries({ t }: Scene, { attempts }: TaskRow, width: number): VNode | null {
  const begun = attempts.filter((attempt) => attempt.start_s <= t).length;
  return begun < 2 ? null : say(width - 2, -5, `try ${begun}`, "s i2 halo", { key: "tries", "text-anchor": "end" });
}

/** "[7] parse-1" -> "parse-1" */
export const withoutCell = (label: string): string => label.replace(/^\[[^\]]*\] /, "");

/** Full name, short name, else the short name cut before its number. */
function pillLabel(whole: string, room: number, scene: Scene): string {
  // In a session a label begins with its cell; a lane has said that already.
  const label = scene.layers.blocks[0]?.isNewLane ? withoutCell(whole) : whole;
  const name = nameOf(label);
  const named = fit([label, name], room, 12, scene.measure);
  if (named !== "") return named;
  const tail = numberOf(label) === "" ? "" : `-${numberOf(label)}`;
  const head = name.slice(0, name.length - tail.length);
  return cut(head, room - scene.measure(tail, 12), 12, scene.measure) + tail;
}

function values(scene: Scene, task: TaskRow): VNode[] {
  const g = geometryOf(scene);
  const several = scene.store.nodes.size > 1 && !hasFact(scene, taskKey(task.id));
  const count = Math.min(task.num_returns, VALUES_DRAWN);
  return Array.from({ length: count }, (_, index) => {
    const id = `${task.id}.${index}`;
    const isThere = stateAt(task, scene.t) === "done" && existsAt(scene.store, id, scene.t);
    const y = g.pillH / 2 + offsetOf(index, task.num_returns);
    const copies = several ? copiesOf(scene, id) : "";
    return h("g", { key: `v${index}` },
      h("rect", { class: `rt-value rt-fade${isThere ? " rt-there" : ""}`, x: g.pillW + 3.5, y: y - 3, width: 6, height: 6 }),
      copies !== "" && say(g.pillW + 14, y - 5, copies, "s i3 halo"));
  });
}

function copiesOf(scene: Scene, object: string): string {
  const copies = scene.store.objects.get(object)?.copies ?? [];
  return copies.filter(([, since]) => since <= scene.t).map(([node]) => node).join(" ");
}

/** Outside of frames, in the last layer, there is room for the word and the number that matters. */
function hasFact({ graph, layers }: Scene, key: string): boolean {
  return graph.nodes.get(key)?.inside === "" && layers.isAtEnd(key);
}

/** What a task without followers does. */
function beside(scene: Scene, node: GraphNode, task: TaskRow): VNode | null {
  const place = scene.layers.places.get(node.key);
  if (place === undefined || !hasFact(scene, node.key)) return null;
  const g = geometryOf(scene);
  const x = g.pillW + 20;
  const room = scene.width - 3 - place.layer * g.pitchX - x;
  const held = scene.store.nodes.size > 1 ? copiesOf(scene, `${task.id}.0`) : "";
  const fact = [held, factOf(scene.store, task, scene.t)].filter(Boolean).join(" · ");
  const text = room < 70 ? "" : cut(fact, room, 11, scene.measure);
  return text === "" ? null : say(x, g.pillH / 2 + 4, text, "s i3", { key: "fact" });
}

function actorMark(scene: Scene, task: TaskRow, state: State): Child[] {
  const g = geometryOf(scene);
  const m = g.pillH / 2;
  const name = task.actor === null ? task.label : (scene.store.actors.get(task.actor)?.label ?? task.label);
  const room = g.pitchX - 36;
  const dead = state === "failed" || state === "cancelled" || state === "cannot run";
  const inBox = fit(mailboxOf(scene.store, task, scene.t), room, 11, scene.measure);
  return [
    box("ring", "ring", -3, -3, g.pillW + 6, g.pillH + 6, 3),
    h("path", { key: "hex", class: "rt-hex", d: `M6 ${m - 8}h9l5 8-5 8h-9l-5-8z` }),
    dead && glyph(state, 10.5, m),
    say(26, inBox === "" ? m + 4 : m, cut(scene.layers.blocks[0]?.isNewLane ? withoutCell(name) : name, room, 12, scene.measure), "label b halo", { key: "label" }),
    inBox !== "" && say(26, m + 12, inBox, "s i3 halo", { key: "box" }),
  ];
}

function objectMark(scene: Scene, node: GraphNode): Child[] {
  const g = geometryOf(scene);
  const m = g.pillH / 2;
  const isThere = existsAt(scene.store, node.object, scene.t);
  const [label, under] = objectWords(scene, node, g.pillW - 4);
  const end = { "text-anchor": "end" };
  return [
    box("ring", "ring", -3, -3, g.pillW + 16, g.pillH + 6, 3),
    say(g.pillW - 2, under === "" ? m + 4 : m, label, "label", { key: "label", ...end }),
    under !== "" && say(g.pillW - 2, m + 12, under, "s i3 halo", { key: "under", ...end }),
    box("value", `value${isThere ? " there" : ""}`, g.pillW + 3.5, m - 3, 6, 6),
  ];
}

/** The name of a value, and of one from another cell that cell, as far as they fit. */
function objectWords({ store, measure }: Scene, { kind, object }: GraphNode, room: number): [string, string] {
  const row = store.objects.get(object);
  if (kind === "outside" && row === undefined) return [fit(["from elsewhere", "elsewhere"], room, 12, measure), ""];
  const label = kind === "put" ? withoutCell(objectLabel(store, object)) : objectLabel(store, object);
  const shown = fit([label, nameOf(label)], room, 12, measure) || cut(nameOf(label), room, 12, measure);
  return [shown, kind === "put" || row === undefined || row.cell === "" ? "" : fit([`from cell ${row.cell}`, `from ${row.cell}`], room, 11, measure)];
}

/** "parse × 6" above a layer, as far as its functions fit. */
export function layerHead(scene: Scene, layer: number): VNode | null {
  const numbers = new Map<string, number>();
  for (const [key, place] of scene.layers.places) {
    if (place.layer !== layer || scene.graph.nodes.get(key)?.inside !== "") continue;
    const id = scene.graph.nodes.get(key)?.task;
    const task = id === null || id === undefined ? undefined : scene.store.tasks.get(id);
    const name = task?.function ?? (scene.graph.nodes.get(key)?.kind === "put" ? "put" : "");
    if (name !== "") numbers.set(name, (numbers.get(name) ?? 0) + 1);
  }
  const names = [...numbers].map(([name, n]) => (n > 1 ? `${name} × ${n}` : name));
  const g = geometryOf(scene);
  const text = cut(names.join(", "), g.pitchX - 16, 11, scene.measure);
  return say(3 + layer * g.pitchX, 11, text, "s i3", { key: layer });
}
