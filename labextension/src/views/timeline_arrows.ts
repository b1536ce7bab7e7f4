// Arrows from the inputs of the selected task to its start, and from its end to the starts
// of the tasks that took what it returned; behind bars and labels.

import { h } from "../draw/dom.ts";
import type { VNode } from "../draw/dom.ts";
import type { Bar } from "../model/bars.ts";
import { taskOfKey } from "../model/graph.ts";
import { producer } from "../model/state.ts";
import type { Scene } from "./scene.ts";
import { BAR } from "./timeline_scale.ts";
import type { PlacedLane, Scale } from "./timeline_scale.ts";

interface Spot {
  bar: Bar;
  y: number;
}

/** Tasks that took the results, drawn at most. */
const MOST_TAKERS = 60;

export function arrows(scene: Scene, scale: Scale, lanes: PlacedLane[]): VNode[] {
  const task = taskOfKey(scene.store, scene.selected);
  const own = task === null ? null : spotOf(lanes, task.id);
  if (task === null || own === null || own.bar.attempt.start_s > scene.t) return [];
  const makers = new Set(task.inputs.flatMap((id) => producer(scene.store, id)?.id ?? []));
  const found = [...makers].flatMap((maker) => {
    const source = spotOf(lanes, maker);
    return source === null ? [] : [arrow(scale, source, own, maker)];
  });
  const takers = takersOf(scene, task.id).flatMap((taker) => {
    const target = spotOf(lanes, taker);
    return target === null || target.bar.attempt.start_s > scene.t ? [] : [arrow(scale, own, target, taker)];
  });
  return [...found, ...takers];
}

function takersOf({ store }: Scene, task: number): number[] {
  const takers: number[] = [];
  const own = `${task}.`;
  for (const other of store.columns.rows) {
    if (takers.length === MOST_TAKERS) break;
    if (other.inputs.some((id) => id.startsWith(own))) takers.push(other.id);
  }
  return takers;
}

function spotOf(lanes: PlacedLane[], task: number): Spot | null {
  for (const { lane, y } of lanes) {
    const bar = lane.bars.list.findLast((b) => b.task.id === task);
    if (bar !== undefined) return { bar, y };
  }
  return null;
}

/** Down from the input's end into the gutter between rows, along it, and into the start. */
function arrow(scale: Scale, source: Spot, target: Spot, key: number): VNode {
  const x1 = scale.x(source.bar.attempt.end_s ?? source.bar.attempt.start_s) - 3;
  const x2 = Math.max(scale.x(target.bar.attempt.start_s) + 2, x1 + 1);
  const isDown = target.y >= source.y;
  const gutter = isDown && target.y > source.y ? source.y + BAR + 4 : source.y - 4;
  const start = gutter > source.y ? source.y + BAR : source.y;
  const end = target.y === source.y || target.y > source.y ? target.y - 1 : target.y + BAR + 1;
  const tip = end < target.y ? `M${x2 - 3} ${end - 4}h6l-3 4.5z` : `M${x2 - 3} ${end + 4}h6l-3-4.5z`;
  return h("g", { key },
    h("circle", { class: "rt-tipmark", cx: x1, cy: start, r: 2 }),
    h("path", { class: "rt-arrow", d: `M${x1} ${start}V${gutter}H${x2}V${end}` }),
    h("path", { class: "rt-tipmark", d: tip }));
}
