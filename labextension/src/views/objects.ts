// The objects: a row each; filled = made here, hollow = copy, the arrow carries the bytes.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { across, emptyState, grouped, leftOut, picture, text } from "../draw/marks.ts";
import { bytes } from "../layout/axis.ts";
import { shippedAgain } from "../model/arguments.ts";
import { objectsAt, repeatedPuts, totals } from "../model/objects.ts";
import type { ObjectAt } from "../model/objects.ts";
import type { TaskRow } from "../model/rows.ts";
import { listing, sourceOf } from "../model/story.ts";
import { stepIn } from "./keys.ts";
import { ROW, columnsFor, groupRow, objectRow } from "./object_rows.ts";
import type { Columns } from "./object_rows.ts";
import type { Arrow, Pane, Scene } from "./scene.ts";

/** Small values that travel inside messages get rows of their own up to this many. */
const MOST_INLINE = 12;
/** Rows drawn at most; the table has all. */
const MOST_ROWS = 200;
const HEAD = 22;

export const objectsPane: Pane = {
  id: "objects",
  name: "Objects and where they are",
  isClocked: false,
  draw: drawObjects,
  step: (scene: Scene, from: string | null, arrow: Arrow) => {
    const keys = sorted(scene).rows.map((one) => one.key);
    return stepIn([...new Set(keys)], from, arrow);
  },
};

interface Sorted {
  all: ObjectAt[];
  /** one row each */
  rows: ObjectAt[];
  /** told together, by the function that made them */
  groups: [string, ObjectAt[]][];
}

function sorted(scene: Scene): Sorted {
  const all = objectsAt(scene.store, scene.t);
  const inline = all.filter((one) => !one.row.shared);
  const isGrouped = inline.length > MOST_INLINE;
  const rows = (isGrouped ? all.filter((one) => one.row.shared || one.key === scene.selected) : all).slice(0, MOST_ROWS);
  const groups = new Map<string, ObjectAt[]>();
  if (isGrouped) for (const one of inline) groups.set(one.madeBy, [...(groups.get(one.madeBy) ?? []), one]);
  return { all, rows, groups: [...groups] };
}

function drawObjects(scene: Scene): Child[] {
  const { all, rows, groups } = sorted(scene);
  if (all.length === 0) return [noObject()];
  const c = columnsFor(scene);
  const largest = Math.max(1, ...rows.map((one) => one.row.size_bytes ?? 0));
  const height = HEAD + (rows.length + groups.length) * ROW + 34;
  const entry = rows.find((one) => one.key === scene.selected)?.key ?? rows[0]?.key;
  const bottom = HEAD + (rows.length + groups.length) * ROW;
  const { width } = scene;
  const drawing = picture("Objects and the nodes that hold them", width, height, {},
    h("g", { key: "heads", "aria-hidden": "true" }, heads(c, bottom)),
    h("g", { key: "rows" }, rows.map((one, i) => objectRow(scene, c, one, HEAD + i * ROW, largest, one.key === entry))),
    h("g", { key: "groups" }, groups.map(([name, list], i) => groupRow(scene, c, name, list, HEAD + (rows.length + i) * ROW))),
    h("g", { key: "sums" }, sums(scene, c, all, bottom)));
  const hidden = all.length - rows.length - groups.reduce((sum, [, list]) => sum + list.length, 0);
  return [
    h("div", { key: "scroll", class: "rt-scroll" }, drawing),
    h("div", { key: "notes" }, notes(scene, all, hidden)),
    scene.store.nodes.size > 1 && legend(),
  ];
}

function heads(c: Columns, bottom: number): Child[] {
  return [
    text(0, 12, "object", "s i3", { key: "object" }),
    text(c.sizeX, 12, "size", "s i3", { key: "size", "text-anchor": "end" }),
    c.where !== null && text(c.where, 12, "kept", "s i3", { key: "where" }),
    ...[...c.nodes].flatMap(([node, x]) => [
      text(x, 12, `node ${node}`, "s b", { key: `n${node}`, "text-anchor": "middle" }),
      h("line", { key: `l${node}`, class: "rt-rule", x1: x, x2: x, y1: 18, y2: bottom }),
    ]),
    c.keptX !== null && text(c.keptX, 12, "held by", "s i3", { key: "kept" }),
  ];
}

function sums(scene: Scene, c: Columns, all: readonly ObjectAt[], y: number): Child[] {
  const { byNode, inline } = totals(all);
  const shared = [...byNode.values()].reduce((sum, n) => sum + n, 0);
  const words = inline > 0 ? `${bytes(inline)} inline, inside messages` : "";
  return [
    across(0, scene.width, y + 2, "thin", { key: "rule" }),
    text(0, y + 20, "in the store", "s i3", { key: "name" }),
    text(c.sizeX, y + 20, bytes(shared), "s b", { key: "sum", "text-anchor": "end" }),
    ...[...c.nodes].map(([node, x]) => text(x, y + 20, bytes(byNode.get(node) ?? 0), "s b halo", { key: node, "text-anchor": "middle" })),
    text(c.keptX ?? c.where ?? c.sizeX + 12, y + 20, c.keptX === null && c.where === null ? "" : words, "s i3", { key: "inline" }),
  ];
}

function notes(scene: Scene, all: readonly ObjectAt[], hidden: number): Child[] {
  const coming = scene.store.objects.size - all.length;
  const parts = repeatedPuts(all).map(([where, times, size]) =>
    h("div", { key: where, class: "rt-warn" },
      h("b", { key: "what" }, `${where} puts ${bytes(size)} ${times} times. `), "If it is the same value, put it once before the loop and pass its ID."));
  const shipped = shippedAgain(scene.store, scene.t).map(({ tasks, size }) =>
    h("div", { key: `a${tasks[0]?.id}`, class: "rt-warn" },
      h("b", { key: "what" }, `${listing(tasks.map((task) => task.label))} were given the same ${bytes(size)}, pickled and stored ${tasks.length} times. `),
      `${sourceOf(tasks[0] as TaskRow)}: put it once, big = ray.put(value), and pass the ID: all tasks read one copy.`));
  const words = `${grouped(coming)} ${coming === 1 ? "value does" : "values do"} not exist yet.`;
  return [...parts, ...shipped, coming > 0 && h("div", { key: "coming", class: "rt-note" }, words), leftOut(hidden, "objects")];
}

function legend(): VNode {
  const square = (isCopy: boolean): VNode => h("svg", { key: "icon", class: "rt-icon", width: 10, height: 10, viewBox: "0 0 10 10", "aria-hidden": "true" },
    h("rect", { class: `rt-value${isCopy ? "" : " rt-there"}`, x: 1, y: 1, width: 8, height: 8 }));
  return h("div", { key: "legend", class: "rt-legend" },
    h("span", { key: "made" }, square(false), h("span", {}, "made here")),
    h("span", { key: "copy" }, square(true), h("span", {}, "copy; the arrow says how many bytes travelled, for how long, and when")));
}

function noObject(): VNode {
  return emptyState("No value exists in this run up to now. A task's result is one, and so is what you put:", "words = ray.put(vocabulary)");
}
