// Arrow keys on the timeline: left and right in time, up and down between lanes.

import { laneGroups } from "../layout/lanes.ts";
import type { Bar } from "../model/bars.ts";
import { taskKey } from "../model/graph.ts";
import type { Arrow, Scene } from "./scene.ts";

/** The bar that an arrow leads to; the first one when none is selected. */
export function stepInTime(scene: Scene, from: string | null, arrow: Arrow): string | null {
  const lanes = laneGroups(scene.store, scene.start, scene.t)
    .flatMap((group) => group.lanes.map((lane) => lane.bars.list.slice(0, lane.bars.before(scene.t) + 1)))
    .filter((bars) => bars.length > 0);
  const row = lanes.findIndex((bars) => bars.some((b) => taskKey(b.task.id) === from));
  const bars = lanes[row];
  if (bars === undefined) return keyOf(lanes[0]?.[0]);
  const at = bars.findLastIndex((b) => taskKey(b.task.id) === from);
  if (arrow === "ArrowLeft") return keyOf(bars[at - 1]);
  if (arrow === "ArrowRight") return keyOf(bars[at + 1]);
  const other = lanes[row + (arrow === "ArrowDown" ? 1 : -1)] ?? [];
  const middle = middleOf(bars[at], scene.t);
  const nearest = [...other].sort(
    (a, b) => Math.abs(middleOf(a, scene.t) - middle) - Math.abs(middleOf(b, scene.t) - middle),
  );
  return keyOf(nearest[0]);
}

function keyOf(bar: Bar | undefined): string | null {
  return bar === undefined ? null : taskKey(bar.task.id);
}

function middleOf(bar: Bar | undefined, t: number): number {
  return bar === undefined ? 0 : (bar.attempt.start_s + (bar.attempt.end_s ?? t)) / 2;
}
