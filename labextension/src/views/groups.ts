// The graph of a run with many tasks: a node per function and layer, its states as a bar.
// The group that is selected, or holds the selection, lies open below: a chip per task.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { glyph, slug } from "../draw/glyphs.ts";
import { box, grouped, picture, ring, selectable, text } from "../draw/marks.ts";
import { cut, fit, numberOf } from "../layout/labels.ts";
import { taskKey } from "../model/graph.ts";
import { nameOfGroup } from "../model/groups.ts";
import type { Group, Groups } from "../model/groups.ts";
import { WORD, inWords, stateAt } from "../model/state.ts";
import type { Counts } from "../model/state.ts";
import { field } from "./field.ts";
import { legend } from "./legend.ts";
import type { Arrow, Scene } from "./scene.ts";

const HEIGHT = 34;
const PITCH = 62;
const TOP = 8;

interface Size {
  w: number;
  pitch: number;
}

function sizeOf({ isNarrow }: Scene): Size {
  return isNarrow ? { w: 124, pitch: 150 } : { w: 148, pitch: 200 };
}

export function drawGroups(scene: Scene, groups: Groups): Child[] {
  const size = sizeOf(scene);
  const { layers } = scene;
  const counts = groups.counts(scene.store, scene.t);
  const open = groups.groupOf(scene.selected);
  const width = Math.max(scene.width, (layers.layerCount - 1) * size.pitch + size.w + 12);
  const height = TOP + layers.maxSlot * PITCH + HEIGHT + 26;
  const all = [...groups.nodes.values()];
  const entry = open?.key ?? all[0]?.key;
  return [
    h("div", { key: "scroll", class: "rt-scroll" },
      picture("Graph of groups of tasks", width, height, {},
        h("g", { key: "edges", "aria-hidden": "true" }, all.flatMap((group) => edges(scene, groups, group, size, open))),
        h("g", { key: "nodes" }, all.map((group) => mark(scene, group, size, counts.get(group.key), group === open, group.key === entry))))),
    open === null || open.tasks.length < 2
      ? h("div", { key: "hint", class: "rt-note" }, "Tasks of one function stand together. Select a group to see each of its tasks.")
      : chips(scene, open),
  ];
}

function cornerOf(scene: Scene, key: string, size: Size): { x: number; y: number } {
  const place = scene.layers.places.get(key);
  return { x: 4 + (place?.layer ?? 0) * size.pitch, y: TOP + (place?.slot ?? 0) * PITCH };
}

function edges(scene: Scene, groups: Groups, group: Group, size: Size, open: Group | null): VNode[] {
  const to = cornerOf(scene, group.key, size);
  return [...(groups.into.get(group.key) ?? [])].map((from) => {
    const at = cornerOf(scene, from, size);
    const [x1, y1, x2, y2] = [at.x + size.w + 3, at.y + HEIGHT / 2, to.x - 3, to.y + HEIGHT / 2];
    const bend = Math.max(12, (x2 - x1) / 2);
    const isLit = open !== null && (group === open || from === open.key);
    return h("path", { key: `${from}>${group.key}`, class: `rt-edge${isLit ? " rt-lit" : ""}`, d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` });
  });
}

function mark(scene: Scene, group: Group, size: Size, counts: Counts | undefined, isOpen: boolean, isEntry: boolean): VNode {
  const { x, y } = cornerOf(scene, group.key, size);
  const name = nameOfGroup(scene.store, group);
  const facts = inWords(counts);
  const words = facts.map(([, number, word]) => `${grouped(number)} ${word}`);
  const label = fit([name], size.w - 16, 12, scene.measure) || cut(name, size.w - 16, 12, scene.measure);
  const under = fit([words.join(", "), words.slice(0, 2).join(", "), words[0] ?? ""], size.pitch - 12, 11, scene.measure);
  const isMany = group.tasks.length > 1;
  return h("g", {
    key: group.key, class: `rt-group${isOpen ? " rt-sel" : ""}`, transform: `translate(${x} ${y})`,
    ...selectable(group.key, isOpen ? group.key : null, isEntry, `${name}${words.length > 0 ? `: ${words.join(", ")}` : ""}`),
  },
    isMany && box("stack", "box", 3, -3, size.w, HEIGHT, 2),
    ring(-3, isMany ? -6 : -3, size.w + (isMany ? 9 : 6), HEIGHT + (isMany ? 9 : 6)),
    h("rect", { key: "box", class: "rt-box", width: size.w, height: HEIGHT, rx: 2 }),
    text(8, 16, label, "b label", { key: "name" }),
    ...bar(facts, size.w - 16),
    text(1, HEIGHT + 15, under, "s i2 halo", { key: "under" }));
}

const LIVELY = new Set(["running", "blocked", "queued"]);

/** The states in proportion, like progress: what is over stands left of what runs and waits. */
function bar(all: readonly [string, number, string][], width: number): Child[] {
  const facts = [...all.filter(([state]) => !LIVELY.has(state)), ...all.filter(([state]) => LIVELY.has(state))];
  const total = facts.reduce((sum, [, number]) => sum + number, 0);
  let x = 8;
  return facts.map(([state, number]) => {
    const w = (width * number) / total;
    const part = h("rect", { key: state, class: `rt-share rt-${slug(state)}`, x, y: 22, width: Math.max(1, w - 1), height: 6 });
    x += w;
    return part;
  });
}

/** A group of more tasks than this is a field of squares. */
const MOST_CHIPS = 600;
const CHIP_H = 22;

function chips(scene: Scene, group: Group): VNode {
  const many = group.tasks.length > MOST_CHIPS;
  const shown = many ? [] : group.tasks.flatMap((id) => scene.store.tasks.get(id) ?? []);
  const wide = Math.ceil(scene.measure(String(group.tasks.length), 11, true)) + 30;
  const columns = Math.max(1, Math.floor(scene.width / wide));
  const height = Math.ceil(shown.length / columns) * CHIP_H + 4;
  const marks = shown.map((task, i) => {
    const state = stateAt(task, scene.t);
    const key = taskKey(task.id);
    if (state === null) return null;
    const [x, y] = [4 + (i % columns) * wide, 2 + Math.floor(i / columns) * CHIP_H];
    return h("g", { key, class: `rt-chip rt-${slug(state)}${key === scene.selected ? " rt-sel" : ""}`, transform: `translate(${x} ${y})`, ...selectable(key, scene.selected, key === scene.selected, `${task.label}, ${WORD[state]}`) },
      ring(-2, 0, wide - 3, CHIP_H - 2),
      h("rect", { key: "hover", class: "rt-hover", width: wide - 4, height: CHIP_H - 2 }),
      glyph(state, 8, 10),
      text(18, 14, numberOf(task.label) || String(i + 1), "s label", { key: "number" }));
  });
  return h("div", { key: "chips", class: "rt-history" },
    h("div", { key: "title", class: "rt-note" }, `The tasks of ${nameOfGroup(scene.store, group)}, in order of submission:`),
    h("div", { key: "scroll", class: "rt-scroll rt-chips" },
      many ? field(scene, group) : picture(`Tasks of ${group.name}`, scene.width, height, {}, marks)),
    many && legend(scene));
}

/** Arrow keys: between groups along edges and within a layer; inside an open group from task to task. */
export function stepInGroups(scene: Scene, groups: Groups, from: string | null, arrow: Arrow): string | null {
  const at = groups.groupOf(from);
  if (at === null || from === null) return groups.nodes.keys().next().value ?? null;
  if (from !== at.key) {
    const way = arrow === "ArrowRight" || arrow === "ArrowDown" ? 1 : -1;
    const next = at.tasks[at.tasks.indexOf(Number(from.slice(1))) + way];
    return next === undefined ? at.key : taskKey(next);
  }
  if (arrow === "ArrowLeft") return [...(groups.into.get(at.key) ?? [])][0] ?? null;
  if (arrow === "ArrowRight") return [...(groups.outOf.get(at.key) ?? [])][0] ?? null;
  const slot = (key: string): number => scene.layers.places.get(key)?.slot ?? 0;
  const others = [...groups.nodes.values()].filter((g) => g.layer === at.layer && g !== at)
    .filter((g) => (arrow === "ArrowDown" ? slot(g.key) > slot(at.key) : slot(g.key) < slot(at.key)))
    .sort((a, b) => Math.abs(slot(a.key) - slot(at.key)) - Math.abs(slot(b.key) - slot(at.key)));
  return others[0]?.key ?? null;
}
