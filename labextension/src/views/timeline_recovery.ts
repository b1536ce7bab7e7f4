// The way back after a fault: from each attempt that was lost, or whose result was, to the
// next one of its task. Dashed, so that it is no input; the words on it name the fault.

import { h } from "../draw/dom.ts";
import type { VNode } from "../draw/dom.ts";
import type { TaskRow } from "../model/rows.ts";
import type { Scene } from "./scene.ts";
import { arrows as ofInputs } from "./timeline_arrows.ts";
import { BAR } from "./timeline_scale.ts";
import type { PlacedLane, Scale } from "./timeline_scale.ts";

/** Tasks whose way back is drawn, at most. */
const MOST = 100;

export function arrows(scene: Scene, scale: Scale, lanes: PlacedLane[]): VNode[] {
  return [...ways(scene, scale, lanes), ...ofInputs(scene, scale, lanes)];
}

function ways(scene: Scene, scale: Scale, lanes: PlacedLane[]): VNode[] {
  const drawn: VNode[] = [];
  for (const task of scene.store.columns.rows) {
    if (drawn.length >= MOST) break;
    if (task.again === "") continue;
    for (let i = 1; i < task.attempts.length; i += 1) {
      const way = wayTo(scene, scale, lanes, task, i);
      if (way !== null) drawn.push(way);
    }
  }
  return drawn;
}

/** From the end of the attempt before to the start of number `i`. */
function wayTo(scene: Scene, scale: Scale, lanes: PlacedLane[], task: TaskRow, i: number): VNode | null {
  const [from, to] = [task.attempts[i - 1], task.attempts[i]];
  if (from?.end_s === null || from === undefined || to === undefined || to.start_s > scene.t) return null;
  if (!scale.shows(from.end_s, to.start_s)) return null;
  const [y1, y2] = [rowOf(lanes, from.worker), rowOf(lanes, to.worker)];
  if (y1 === null || y2 === null) return null;
  const x1 = scale.x(from.end_s);
  const x2 = Math.max(scale.x(to.start_s), x1 + 1);
  const [top, bottom] = [y1 + BAR / 2, y2 + (y2 > y1 ? -1 : y2 < y1 ? BAR + 1 : BAR / 2)];
  return h("g", { key: `again${task.id} ${i}`, "data-tip": `${task.label} runs again. ${task.again}` },
    h("circle", { class: "rt-tipmark", cx: x1, cy: top, r: 2.5 }),
    h("path", { class: "rt-arrow rt-recovery", d: `M${x1} ${top}H${x2}V${bottom}` }),
    y1 !== y2 && h("path", { class: "rt-tipmark", d: y2 > y1 ? `M${x2 - 3} ${bottom - 4}h6l-3 4.5z` : `M${x2 - 3} ${bottom + 4}h6l-3-4.5z` }));
}

function rowOf(lanes: PlacedLane[], worker: number): number | null {
  return lanes.find(({ lane }) => lane.worker.id === worker)?.y ?? null;
}
