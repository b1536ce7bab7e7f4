// Where a time and a lane lie in the timeline.

import { axisBetween, axisFor } from "../layout/axis.ts";
import type { Axis } from "../layout/axis.ts";
import { laneGroups } from "../layout/lanes.ts";
import type { Lane, LaneGroup } from "../layout/lanes.ts";
import type { Scene } from "./scene.ts";

export const ROW = 26;
export const BAR = 18;

export interface PlacedLane {
  lane: Lane;
  /** upper edge of its bars */
  y: number;
}

export interface PlacedGroup extends LaneGroup {
  y: number;
  /** upper edge of the row of copies that came, null without any */
  copiesY: number | null;
  placed: PlacedLane[];
}

export interface Scale {
  axis: Axis;
  /** px where time 0 of the axis lies */
  left: number;
  /** px from `left` to the end of the axis */
  room: number;
  /** px of a time; one outside the axis lies at its edge */
  x(time: number): number;
  /** whether any of this span lies on the axis */
  shows(from: number, to: number): boolean;
  driverY: number;
  groups: PlacedGroup[];
  height: number;
}

const TOP = 22;

export function scaleOf(scene: Scene): Scale {
  const left = scene.isNarrow ? 68 : 112;
  const room = scene.width - left - 8;
  const { zoom } = scene.ui;
  const axis = zoom === null ? axisFor(scene.start, scene.head, scene.isMoving, room) : axisBetween(scene.start, zoom[0], zoom[1], room);
  const onAxis = (time: number): number => Math.max(axis.from, Math.min(axis.to, time));
  const x = (time: number): number => left + ((onAxis(time) - axis.from) / (axis.to - axis.from)) * room;
  const shows = (from: number, to: number): boolean => to >= axis.from && from <= axis.to;
  let y = TOP + ROW + 3;
  const groups = laneGroups(scene.store, scene.start, scene.head).map((group) => {
    y += 5;
    const top = y;
    const hasCopies = (scene.store.nodes.get(group.node)?.received ?? []).length > 0;
    const first = top + 4 + Number(hasCopies) * ROW;
    const placed = group.lanes.map((lane, i) => ({ lane, y: first + i * ROW }));
    y += (group.lanes.length + Number(group.idle > 0) + Number(hasCopies)) * ROW + 3;
    return { ...group, y: top, copiesY: hasCopies ? top + 4 : null, placed };
  });
  return { axis, left, room, x, shows, driverY: TOP + 4, groups, height: y + 4 };
}
