// The line above the pictures: which run, how many of what, CPUs in use, live or not.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { grouped } from "../draw/marks.ts";
import { icon } from "../draw/glyphs.ts";
import { counts, cpusInUse, inWords } from "../model/state.ts";
import type { State } from "../model/state.ts";
import type { RunRow } from "../model/rows.ts";
import type { RunStore } from "../model/store.ts";
import type { Scene } from "./scene.ts";

/** "live", "finished", "saved": what the pill at the right says. */
export type Mode = "live" | "finished" | "saved" | "disconnected";

/** "Run 3 of cell [7]" */
export function title(run: RunRow): string {
  if (run.id === -1) return "This session";
  if (run.cell === "") return "Outside cells";
  return run.execution > 0 ? `Run ${run.execution} of cell ${run.cell}` : `Cell ${run.cell}`;
}

/** (state whose glyph stands for it, number, word), in the fixed order, zeros left out. */
export function countsInWords(store: RunStore, t: number): [State, number, string][] {
  return inWords(counts(store, t));
}

export function drawHeader(scene: Scene, mode: Mode): Child[] {
  return [
    h("span", { key: "title", class: "rt-title" }, title(scene.store.run)),
    h("span", { key: "counts", class: "rt-counts" }, countMarks(scene)),
    cpus(scene),
    pill(mode),
  ];
}

function countMarks(scene: Scene): Child[] {
  const found = countsInWords(scene.store, scene.t);
  if (found.length === 0) return [h("span", { key: "none" }, "no tasks yet")];
  return found.map(([state, number, word]) =>
    h("span", { key: word }, icon(state), h("span", {}, h("b", {}, grouped(number)), ` ${word}`)));
}

/** Squares are drawn up to this many CPUs on a node, then numbers. */
const SQUARES = 16;

function cpus(scene: Scene): VNode | null {
  const { nodes } = scene.store;
  if (nodes.size === 0) return null;
  const inUse = cpusInUse(scene.store, scene.t);
  const tokens = [...nodes.values()].map((node) => {
    const used = inUse.get(node.id) ?? 0;
    const name = nodes.size > 1 ? [h("span", { key: "name" }, node.id)] : [];
    const said = `${nodes.size > 1 ? `node ${node.id}: ` : ""}${round(used)} of ${round(node.num_cpus)} CPUs in use by this run`;
    const token = node.num_cpus > SQUARES || node.num_cpus % 1 !== 0 ? h("span", { key: "number" }, `${round(used)}/${round(node.num_cpus)}`) : squares(used, node.num_cpus);
    return h("span", { key: node.id, role: "img", "aria-label": said, title: said }, ...name, token);
  });
  return h("span", { key: "cpus", class: "rt-cpus" }, h("span", { key: "word", class: "rt-word" }, "CPUs"), ...tokens);
}

function squares(used: number, total: number): VNode {
  const marks = Array.from({ length: total }, (_, i) =>
    h("rect", { class: `rt-cpu${i < Math.round(used) ? " rt-used" : ""}`, x: 0.75 + i * 12, y: 1.75, width: 7.5, height: 9.5, rx: 1.5 }));
  return h("svg", { key: "squares", width: total * 12 - 2, height: 13, class: "rt-icon" }, ...marks);
}

const round = (x: number): string => String(Math.round(x * 100) / 100);

const PILLS: Readonly<Record<Mode, string>> = {
  live: "live",
  finished: "finished",
  saved: "saved",
  disconnected: "not connected",
};

function pill(mode: Mode): VNode {
  const dot = mode === "live" && h("i", { class: "rt-dot" });
  return h("span", { key: "pill", class: `rt-pill${mode === "live" ? " rt-live" : ""}` }, dot, h("span", {}, PILLS[mode]));
}
