// Which marks a lane has on the page: a bar each while they can be told apart, else strips.

import type { Bar } from "../model/bars.ts";
import type { Scene } from "./scene.ts";
import type { PlacedLane, Scale } from "./timeline_scale.ts";

/** Bars thinner than this share a strip: they could be neither read nor hit. */
const NARROWEST = 2.5;
/** A bar that grows is at least so wide: it is what one looks for. */
export const OPEN_PX = 5;
/** Calls of one actor may overlap: so many before the left edge may still reach into view. */
const OVERLAPPING = 64;

export interface Placed {
  bar: Bar;
  x: number;
  w: number;
  isOpen: boolean;
  /** how many bars stand here, side by side within a pixel */
  count: number;
}

/** The marks of a lane from left to right; one walk over numbers, whatever the bars are. */
export function marksOf(scene: Scene, scale: Scale, { lane }: PlacedLane): Placed[] {
  const { bars } = lane;
  const { axis, left, room } = scale;
  const perS = room / (axis.to - axis.from);
  const last = bars.before(Math.min(scene.t, axis.to));
  const marks: Placed[] = [];
  let strip: Placed | null = null;
  for (let i = Math.max(0, bars.before(axis.from) - OVERLAPPING); i <= last; i += 1) {
    const from = bars.from[i] as number;
    const to = bars.to[i] as number;
    const isOpen = to > scene.t;
    if (!isOpen && to < axis.from) continue;
    const x = left + (Math.max(from, axis.from) - axis.from) * perS;
    const end = left + (Math.min(isOpen ? scene.t : to, axis.to) - axis.from) * perS;
    const w = Math.max(isOpen ? OPEN_PX : 1, end - x - 1);
    if (w >= NARROWEST) {
      strip = null;
      marks.push({ bar: bars.list[i] as Bar, x, w, isOpen, count: 1 });
    } else if (strip !== null && x - (strip.x + strip.w) < 1) {
      strip.w = Math.max(strip.w, x + w - strip.x);
      strip.count += 1;
      strip.isOpen ||= isOpen;
    } else {
      strip = { bar: bars.list[i] as Bar, x, w, isOpen, count: 1 };
      marks.push(strip);
    }
  }
  return marks;
}

/** The bar under a point of the timeline, if one is there. */
export function barAt(scene: Scene, scale: Scale, x: number, y: number): Bar | null {
  const { axis, left, room } = scale;
  const placed = scale.groups.flatMap((group) => group.placed).find((lane) => y >= lane.y - 2 && y < lane.y + 20);
  if (placed === undefined) return null;
  const { bars } = placed.lane;
  const slack = ((axis.to - axis.from) / room) * 2;
  const t = axis.from + ((x - left) / room) * (axis.to - axis.from);
  for (let i = bars.before(Math.min(t + slack, scene.t)); i >= 0 && i >= 0; i -= 1) {
    if ((bars.to[i] as number) >= t - slack) return bars.list[i] ?? null;
    if ((bars.from[i] as number) < t - OVERLAPPING * slack) return null;
  }
  return null;
}
