// What goes from lane to lane in the timeline: copies from node to node, the way of a task
// from a lost attempt to the next, and of an actor from a dead process to its new one.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { text as say } from "../draw/marks.ts";
import { duration } from "../layout/axis.ts";
import { fit } from "../layout/labels.ts";
import type { TaskRow } from "../model/rows.ts";
import { sizeAndTime, tellTransfer, transfersOf } from "../model/transfers.ts";
import type { Transfer } from "../model/transfers.ts";
import type { Scene } from "./scene.ts";
import { BAR } from "./timeline_scale.ts";
import type { PlacedLane, Scale } from "./timeline_scale.ts";

/** Of each kind so many are drawn at most. */
const MOST = 200;

export function between(scene: Scene, scale: Scale, lanes: readonly PlacedLane[]): Child[] {
  return [...copies(scene, scale), ...retries(scene, scale, lanes), ...restarts(scene, scale, lanes)];
}

function copies(scene: Scene, scale: Scale): (VNode | null)[] {
  const shown = transfersOf(scene.store).filter((one) => one.start <= scene.t && scale.shows(one.start, Math.min(one.end, scene.t))).slice(-MOST);
  const right = new Map<string, number>();
  return shown.map((one, i) => {
    const later = shown.slice(i + 1).find((other) => other.to === one.to);
    const mark = copy(scene, scale, one, later === undefined ? scene.width : scale.x(later.start), right.get(one.to) ?? 0);
    right.set(one.to, Math.max(right.get(one.to) ?? 0, scale.x(one.end)));
    return mark;
  });
}

/** A bar in the row of the node that got it, and an arrow from the node that had it. */
function copy(scene: Scene, scale: Scale, one: Transfer, nextX: number, busyTo: number): VNode | null {
  const to = scale.groups.find((group) => group.node === one.to);
  const from = scale.groups.find((group) => group.node === one.from);
  if (to === undefined || to.copiesY === null) return null;
  const x = scale.x(one.start);
  const w = Math.max(3, scale.x(Math.min(one.end, scene.t)) - x);
  const y = to.copiesY;
  const facts = sizeAndTime(one, scene.t);
  const room = Math.min(nextX, scene.width) - (x + w) - 8;
  const words = busyTo > x + w ? "" : fit([`${one.label}, ${facts} from ${one.from}`, `${one.label}, ${facts}`, facts, one.label], room, 11, scene.measure);
  const start = from === undefined ? y : from.y < to.y ? from.y + 4 : (from.placed.at(-1)?.y ?? from.y) + BAR;
  const end = from !== undefined && from.y > to.y ? y + BAR - 3 : y + 3;
  const tip = end > start ? `M${x - 3} ${end - 5}h6l-3 5z` : `M${x - 3} ${end + 5}h6l-3-5z`;
  return h("g", { key: `${one.object}>${one.to}${one.start}`, "data-tip": tellTransfer(one, scene.t, scene.start) },
    from !== undefined && h("path", { key: "way", class: "rt-copy-way", d: `M${x} ${start}V${end}` }),
    from !== undefined && h("path", { key: "tip", class: "rt-copy-head", d: tip }),
    h("rect", { key: "bar", class: "rt-copied", x, y: y + 5, width: w, height: 8, rx: 1 }),
    words !== "" && say(x + w + 5, y + 13, words, "s ru halo", { key: "words" }),
    h("rect", { key: "hover", class: "rt-hover", x, y, width: Math.max(w, 8), height: BAR }));
}

/** From the end of a lost attempt to the start of the next. */
function retries(scene: Scene, scale: Scale, lanes: readonly PlacedLane[]): (VNode | null)[] {
  const { columns } = scene.store;
  const tried: TaskRow[] = [];
  for (let i = 0; i < columns.rows.length && tried.length < MOST; i += 1) {
    const task = columns.rows[i] as TaskRow;
    if (task.attempts.length > 1) tried.push(task);
  }
  return tried.flatMap((task) => task.attempts.slice(1).map((next, i) => {
    const lost = task.attempts[i];
    const left = lost?.end_s ?? null;
    if (lost === undefined || left === null || next.start_s > scene.t || !scale.shows(left, next.start_s)) return null;
    const why = `Attempt ${i + 1} of ${task.label} was lost at ${duration(left - scene.start)}; attempt ${i + 2} began at ${duration(next.start_s - scene.start)}.`;
    return link(scale, `r${task.id}/${i}`, why, yOf(lanes, lost.worker), yOf(lanes, next.worker), left, next.start_s, `try ${i + 2}`);
  }));
}

/** From the death of an actor's process to the start of its next one. */
function restarts(scene: Scene, scale: Scale, lanes: readonly PlacedLane[]): (VNode | null)[] {
  return [...scene.store.actors.values()].flatMap((actor) => {
    const processes = [...scene.store.workers.values()].filter((worker) => worker.actor === actor.id).sort((a, b) => a.id - b.id);
    return processes.slice(1).map((next, i) => {
      const before = processes[i];
      const died = before?.ended_s ?? null;
      if (before === undefined || died === null || next.requested_s > scene.t || !scale.shows(died, next.requested_s)) return null;
      const why = `The process of ${actor.label} ended at ${duration(died - scene.start)}${before.reason === "" ? "" : ` (${before.reason})`}. Restart ${i + 1} of it is process ${next.pid}: what the old one kept is gone.`;
      return link(scale, `a${actor.id}/${i}`, why, yOf(lanes, before.id), yOf(lanes, next.id), died, next.requested_s, "restart");
    });
  });
}

function yOf(lanes: readonly PlacedLane[], worker: number): number | null {
  return lanes.find(({ lane }) => lane.worker.id === worker && lane.slot === 0)?.y ?? null;
}

function link(scale: Scale, key: string, why: string, y1: number | null, y2: number | null, from: number, to: number, words: string): VNode | null {
  if (y1 === null || y2 === null) return null;
  const [x1, x2] = [scale.x(from), scale.x(to)];
  const [m1, m2] = [y1 + BAR / 2, y2 + BAR / 2];
  const isFree = y1 !== y2 && x2 - x1 < 40;
  return h("g", { key, "data-tip": why },
    h("path", { key: "way", class: "rt-again", d: y1 === y2 ? `M${x1 + 1} ${m1}H${x2 - 4}` : `M${x1 + 2} ${m1}V${m2}H${Math.max(x1 + 2, x2 - 4)}` }),
    h("path", { key: "tip", class: "rt-again-tip", d: `M${x2 - 1} ${m2}l-5-3v6z` }),
    isFree && say(x1 - 3, m2 + 4, words, "s fa halo", { key: "words", "text-anchor": "end" }),
    h("rect", { key: "hover", class: "rt-hover", x: x1 - 3, y: Math.min(m1, m2) - 3, width: Math.max(6, x2 - x1 + 3), height: Math.abs(m2 - m1) + 6 }));
}
