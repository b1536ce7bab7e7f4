// The critical path in the timeline: a heavy line under its bars, and from each to the next;
// dashed where the task stood in line.

import { h } from "../draw/dom.ts";
import type { VNode } from "../draw/dom.ts";
import type { Bar } from "../model/bars.ts";
import type { Scene } from "./scene.ts";
import { BAR } from "./timeline_scale.ts";
import type { PlacedLane, Scale } from "./timeline_scale.ts";

/** A wait beyond this is drawn dashed. */
const IN_LINE_S = 0.01;

export function criticalLinks(scene: Scene, scale: Scale, lanes: readonly PlacedLane[]): VNode[] {
  if (!scene.ui.isCritical) return [];
  const wanted = new Set(scene.store.run.critical);
  const spots = new Map<number, { bar: Bar; y: number }>();
  for (const { lane, y } of lanes) {
    for (const bar of lane.bars.list) if (wanted.has(bar.task.id) && bar.isLast) spots.set(bar.task.id, { bar, y: y + BAR + 1.5 });
  }
  const path = scene.store.run.critical.flatMap((id) => spots.get(id) ?? []);
  return path.slice(1).flatMap((next, i) => {
    const before = path[i];
    if (before === undefined || next.bar.attempt.start_s > scene.t) return [];
    const left = before.bar.attempt.end_s ?? scene.t;
    const began = next.bar.attempt.start_s;
    if (!scale.shows(Math.min(left, began), Math.max(left, began))) return [];
    const x1 = scale.x(left);
    const x2 = scale.x(began);
    const isLong = began - Math.max(left, next.bar.task.ready_s ?? left) > IN_LINE_S;
    return [h("path", { key: `${next.bar.task.id}`, class: "rt-critical-link", d: `M${x1} ${before.y}V${next.y}H${x2}`, "stroke-dasharray": isLong ? "3 3" : null })];
  });
}
