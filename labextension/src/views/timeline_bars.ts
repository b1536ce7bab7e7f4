// Bars, start-up brackets and blanks of one lane.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { box, text as say } from "../draw/marks.ts";
import { slug } from "../draw/glyphs.ts";
import { fit, nameOf, shorter } from "../layout/labels.ts";
import type { Bar } from "../model/bars.ts";
import { taskKey } from "../model/graph.ts";
import type { TaskRow } from "../model/rows.ts";
import { WORD, isBlockedAt, stateAt } from "../model/state.ts";
import type { Scene } from "./scene.ts";
import type { Placed } from "./timeline_marks.ts";
import { BAR } from "./timeline_scale.ts";
import type { PlacedLane, Scale } from "./timeline_scale.ts";

export function barMarks(scene: Scene, scale: Scale, { y }: PlacedLane, marks: readonly Placed[]): VNode[] {
  return marks.map((mark, i) => (mark.count > 1 ? strip(mark, y) : barMark(scene, scale, mark, y, marks[i + 1]?.x ?? Infinity, i)));
}

function strip({ x, w, bar, isOpen }: Placed, y: number): VNode {
  return h("g", { key: `s${bar.task.id}`, class: "rt-done" },
    h("rect", { class: `rt-strip${isOpen ? " rt-has-live" : ""}`, x, y, width: Math.max(1, w), height: BAR }),
    h("line", { class: "rt-base", x1: x, x2: x + Math.max(1, w), y1: y + BAR - 0.75, y2: y + BAR - 0.75 }));
}

/** A bar as an element of its own: it can be pointed at, focused and read. */
export function barMark(scene: Scene, scale: Scale, placed: Placed, y: number, nextX: number, index: number): VNode {
  const { bar, x, w, isOpen } = placed;
  const { task } = bar;
  const key = taskKey(task.id);
  const state = stateOf(scene, placed);
  const isSelected = key === scene.selected;
  const isEntry = isSelected || (scene.selected === null && index === 0);
  const baseY = y + BAR - 0.75;
  return h(
    "g",
    {
      key: `${key}/${bar.attempt.start_s}`, "data-key": key,
      class: `rt-bar rt-${slug(state)}${isSelected ? " rt-sel" : ""}`,
      tabindex: isEntry ? 0 : -1, role: "button", "aria-pressed": String(isSelected),
      "aria-label": spoken(scene, task, state),
    },
    box("ring", "ring", x - 2.5, y - 2.5, w + 5, BAR + 5, 3),
    h("rect", { key: "box", class: "rt-box", x: x + 0.5, y: y + 0.5, width: Math.max(0.5, w - 1), height: BAR - 1, rx: 2 }),
    isCritical(scene, task) && h("line", { key: "critical", class: "rt-critical", x1: x, x2: x + w, y1: y + BAR + 1.5, y2: y + BAR + 1.5 }),
    !isOpen && h("line", { key: "base", class: "rt-base", x1: x, x2: x + w, y1: baseY, y2: baseY }),
    ...blockedParts(scene, scale, placed, y),
    ...labelParts(scene, placed, y, nextX),
  );
}

function isCritical({ ui, store }: Scene, task: TaskRow): boolean {
  return ui.isCritical && store.run.critical.includes(task.id);
}

function stateOf(scene: Scene, { bar, isOpen }: Placed): string {
  if (bar.attempt.outcome === "lost" && !isOpen) return "lost";
  // While it is blocked the hatching tells so; what ran before steps back like a done bar.
  if (isOpen) return isBlockedAt(bar.task, scene.t) ? "done" : "running";
  return bar.isLast ? (stateAt(bar.task, scene.t) ?? "done") : bar.attempt.outcome || "done";
}

function spoken(scene: Scene, task: TaskRow, state: string): string {
  const now = stateAt(task, scene.t);
  return `${task.label}, ${state === "lost" ? "attempt lost" : now === null ? state : WORD[now]}`;
}

/** Hatched over the times it was blocked, with its words where they fit. */
function blockedParts(scene: Scene, scale: Scale, { bar, x, w }: Placed, y: number): Child[] {
  return bar.task.blocked.flatMap(([from, to], i) => {
    const a = Math.max(x, scale.x(from));
    const z = Math.min(x + w, scale.x(Math.min(to ?? scene.t, scene.t)));
    if (from > scene.t || z - a < 2) return [];
    const text = fit(["blocked in get · CPU lent", "in get · CPU lent", "CPU lent", "lent"], z - a - 20, 11, scene.measure);
    const wide = scene.measure(text, 11) + 10;
    return [h("g", { key: `blocked${i}`, class: "rt-blocked" },
      box("box", "box", a + 0.5, y + 0.5, z - a - 1, BAR - 1, 2),
      h("rect", { key: "hatch", class: "rt-hatch", x: a + 1, y: y + 1, width: z - a - 2, height: BAR - 2, fill: `url(#rt-hatch-${scene.uid}-t)` }),
      text !== "" && box("plate", "plate", a + 5, y + 2, wide, BAR - 4),
      text !== "" && say(a + 10, y + 13, text, "s", { key: "words" }))];
  });
}

/** The name in the bar's solid part, else beside it at the live edge, else its number. */
function labelParts(scene: Scene, { bar, x, w, isOpen }: Placed, y: number, nextX: number): Child[] {
  // The lane of an actor says whose call it is.
  const label = bar.task.kind === "call" ? nameOf(bar.task.label) : bar.task.label;
  const names = shorter(label);
  const first = bar.task.blocked[0];
  const solid = first === undefined ? w : Math.min(w, scaleWidth(scene, bar, first[0], w));
  const inside = fit(names, solid - 8, 11, scene.measure);
  const full = nameOf(label);
  if (isOpen && inside !== label && inside !== full) {
    const room = Math.min(nextX, scene.width) - (x + w) - 12;
    const outside = fit([full], room, 11, scene.measure);
    if (outside !== "") return [say(x + w + 7, y + 13, outside, "s ru halo", { key: "aside" })];
  }
  return inside === "" ? [] : [say(x + 5, y + 13, inside, "s label", { key: "label" })];
}

function scaleWidth(scene: Scene, bar: Bar, blockedFrom: number, w: number): number {
  const end = bar.attempt.end_s ?? scene.t;
  const length = Math.min(end, scene.t) - bar.attempt.start_s;
  return length <= 0 ? w : (w * (blockedFrom - bar.attempt.start_s)) / length;
}
