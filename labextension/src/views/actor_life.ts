// The life of an actor as a strip: its processes one after the other, each call where it
// ran, and the times in which it was being restarted. A call can be clicked.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { slug } from "../draw/glyphs.ts";
import { across, box, ring, selectable, text } from "../draw/marks.ts";
import { duration } from "../layout/axis.ts";
import { fit } from "../layout/labels.ts";
import { callsOf } from "../model/actors.ts";
import type { ActorAt } from "../model/actors.ts";
import { taskKey } from "../model/graph.ts";
import type { TaskRow } from "../model/rows.ts";
import { WORD, isOver, overSince, stateAt } from "../model/state.ts";
import type { Scene } from "./scene.ts";
import { columnsFor } from "./actor_lanes.ts";

export const LIFE = 24;
/** Calls drawn as marks of their own; of more, the latest. */
const MOST_CALLS = 300;
const THIN = 2;

export function life(scene: Scene, at: ActorAt, y: number): VNode | null {
  const { actor } = at;
  const c = columnsFor(scene);
  const [left, right] = [c.left, scene.width - 2];
  const span = Math.max(1e-6, scene.head - scene.start);
  const x = (time: number): number => left + Math.max(0, Math.min(1, (time - scene.start) / span)) * (right - left);
  const m = y + LIFE / 2;
  const began = actor.started_s;
  const end = Math.min(scene.t, actor.ended_s ?? scene.t);
  return h("g", { key: "life" },
    text(c.left - 10, m + 4, "its life", "s i3", { key: "name", "text-anchor": "end" }),
    actor.submitted_s < (began ?? end) && across(x(Math.max(scene.start, actor.submitted_s)), x(Math.min(began ?? end, end)), m, "dots", { key: "wait" }),
    began !== null && began < end && across(x(began), x(end), m, "thin", { key: "line" }),
    ...calls(scene, at, x, m),
    ...actor.restarts.filter(([from]) => from <= scene.t).map(([from, to], i) => restart(scene, at, i, x(from), x(Math.min(to ?? scene.t, scene.t)), m)),
    at.state === "dead" && cross("end", x(end), m, `${actor.label} ended at ${duration(end - scene.start)}${actor.reason === "" ? "" : `: ${actor.reason}`}.`));
}

/** Its process died: a cross, and a dashed way to the next one. */
function restart(scene: Scene, { actor }: ActorAt, i: number, from: number, to: number, m: number): VNode {
  const [died, back] = actor.restarts[i] as [number, number | null];
  const again = back !== null && back <= scene.t ? `, its constructor had run again at ${duration(back - scene.start)}` : ", it is being restarted";
  const why = `The process of ${actor.label} died at ${duration(died - scene.start)}${again}. It lost what it kept.`;
  const words = fit([`restart ${i + 1}`, ""], to - from - 14, 11, scene.measure);
  return h("g", { key: `r${i}`, "data-tip": why },
    box("plate", "plate", from, m - 9, Math.max(2, to - from), 18),
    across(from + 5, Math.max(from + 5, to - 2), m, "again", { key: "way" }),
    words !== "" && text((from + to) / 2 + 3, m + 4, words, "s fa halo", { key: "words", "text-anchor": "middle" }),
    h("path", { key: "cross", class: "rt-again-cross", d: `M${from - 3} ${m - 3}l6 6m0-6l-6 6` }),
    box("hover", "hover", from - 4, m - 9, Math.max(9, to - from + 4), 18));
}

function cross(key: string, x: number, m: number, why: string): VNode {
  return h("g", { key, "data-tip": why },
    h("path", { key: "cross", class: "rt-again-cross", d: `M${x - 3} ${m - 3}l6 6m0-6l-6 6` }),
    box("hover", "hover", x - 5, m - 9, 10, 18));
}

/** The calls that have begun, as far as they are drawn. */
export function pastCalls({ store, t }: Scene, actor: number): TaskRow[] {
  return callsOf(store, actor).filter((call) => (call.attempts[0]?.start_s ?? Infinity) <= t).slice(-MOST_CALLS);
}

/** A mark per call; calls that overlap share the height. */
function calls(scene: Scene, { actor }: ActorAt, x: (time: number) => number, m: number): Child[] {
  const rows = Math.max(1, Math.min(4, actor.max_concurrency || 1));
  const height = rows === 1 ? 10 : 16 / rows;
  const free: number[] = [];
  return pastCalls(scene, actor.id).map((call) => {
    const from = call.attempts.at(-1)?.start_s ?? scene.t;
    const to = Math.min(overSince(call) ?? scene.t, scene.t);
    let row = free.findIndex((since) => since <= from);
    if (row === -1) row = Math.min(free.length, rows - 1);
    free[row] = Math.max(free[row] ?? 0, to);
    return callMark(scene, call, x(from), Math.max(THIN, x(to) - x(from) - 0.5), rows === 1 ? m - 5 : m - 8 + row * height, height - (rows === 1 ? 0 : 1));
  });
}

function callMark(scene: Scene, call: TaskRow, x: number, w: number, y: number, height: number): VNode {
  const key = taskKey(call.id);
  const state = stateAt(call, scene.t) ?? "done";
  // A call that runs stands in its slot below: that is the mark to select.
  const choice = isOver(state) ? selectable(key, scene.selected, false, `${call.label}, ${WORD[state]}`) : {};
  return h("g", { key: `c${call.id}`, class: `rt-past rt-${slug(state)}${key === scene.selected ? " rt-sel" : ""}`, ...choice },
    ring(x - 2, y - 2, w + 4, height + 4),
    box("box", "box", x, y, w, height, 1));
}
