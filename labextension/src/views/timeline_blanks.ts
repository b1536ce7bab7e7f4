// What stands in the lane of a worker while it runs nothing: start-up and blanks, each with
// its cause; the whole sentence on hover.

import { h } from "../draw/dom.ts";
import type { VNode } from "../draw/dom.ts";
import { text as say } from "../draw/marks.ts";
import { duration } from "../layout/axis.ts";
import { fit } from "../layout/labels.ts";
import { gaps } from "../layout/lanes.ts";
import type { Gap, Lane } from "../layout/lanes.ts";
import type { Bar } from "../model/bars.ts";
import type { RunStore } from "../model/store.ts";
import { blanksOf } from "../model/blanks.ts";
import type { Blank } from "../model/blanks.ts";
import type { WorkerRow } from "../model/rows.ts";
import type { Scene } from "./scene.ts";
import { BAR } from "./timeline_scale.ts";
import type { PlacedLane, Scale } from "./timeline_scale.ts";

/** A blank thinner than this cannot be pointed at. */
const NARROWEST_PX = 3;
/** Among hundreds of bars only those that one sees at once. */
const NARROWEST_OF_MANY_PX = 24;

export function blanks(scene: Scene, scale: Scale, { lane, y }: PlacedLane, isMany: boolean): (VNode | null)[] {
  const marks = [lane.slot === 0 ? startUp(scene, scale, lane.worker, y) : null];
  const { axis, room } = scale;
  const shortest = ((isMany ? NARROWEST_OF_MANY_PX : NARROWEST_PX) * (axis.to - axis.from)) / room;
  for (const gap of gaps(lane, scene.start, scene.t, shortest)) {
    if (!scale.shows(gap.from, gap.to)) continue;
    for (const blank of causesOf(scene, lane, gap)) {
      marks.push(blankMark(scene, scale, y, blank, `b${lane.id} ${blank.from}`));
    }
  }
  const { ended_s: ended, reason } = lane.worker;
  if (ended !== null && ended < scene.t && lane.slot === 0) {
    const text = reason === "" ? "worker ended" : reason;
    const why = `${lane.worker.label} ended at ${duration(ended - scene.start)}${reason === "" ? "" : `: ${reason}`}.`;
    marks.push(blankMark(scene, scale, y, { from: ended, to: scene.t, text, why }, `e${lane.worker.id}`));
  }
  return marks;
}

interface Known {
  next: Bar | undefined;
  to: number;
  parts: Blank[];
}

const causes = new WeakMap<RunStore, Map<string, Known>>();

/** The parts of a blank; those of one that is over stay as they are and are kept. */
function causesOf({ store, t }: Scene, lane: Lane, gap: Gap): Blank[] {
  if (gap.next === undefined || gap.next.attempt.end_s === null) return blanksOf(store, lane, gap, t);
  const kept = causes.get(store) ?? new Map<string, Known>();
  causes.set(store, kept);
  const key = `${lane.id} ${gap.from}`;
  const known = kept.get(key);
  if (known !== undefined && known.next === gap.next && known.to === gap.to) return known.parts;
  const parts = blanksOf(store, lane, gap, t);
  kept.set(key, { next: gap.next, to: gap.to, parts });
  return parts;
}

/** A bracket from the request for a process to its answer. */
function startUp(scene: Scene, scale: Scale, worker: WorkerRow, y: number): VNode | null {
  const from = Math.max(worker.requested_s, scene.start);
  const to = Math.min(worker.started_s ?? worker.ended_s ?? scene.t, scene.t);
  if (from >= to || from > scene.t) return null;
  const a = scale.x(from) + 1;
  const z = scale.x(to) - 2;
  const m = y + BAR / 2;
  if (z - a < NARROWEST_PX) return null;
  const text = fit(["start-up"], z - a - 20, 11, scene.measure);
  const end = worker.started_s === null ? "" : `M${z} ${m - 4}v8`;
  const why = `The process of ${worker.label} was starting, ${duration(to - worker.requested_s)} up to ${duration(to - scene.start)}.`;
  return h("g", { key: `u${worker.id}`, "data-tip": why },
    h("path", { key: "bracket", class: "rt-thin", d: `M${a} ${m - 4}v8M${a} ${m}H${z}${end}` }),
    text !== "" && say((a + z) / 2, m + 4, text, "s i3 halo", { key: "words", "text-anchor": "middle" }),
    hover(a, z, y));
}

/** The cause of a blank as plain text, and a dotted line to its end. */
export function blankMark(scene: Scene, scale: Scale, y: number, blank: Blank, key: string): VNode | null {
  const a = scale.x(blank.from);
  const z = scale.x(blank.to);
  if (!scale.shows(blank.from, blank.to) || z - a < NARROWEST_PX) return null;
  const m = y + BAR / 2;
  const text = fit([blank.text], z - a - 8, 11, scene.measure);
  const from = a + 5 + (text === "" ? 0 : scene.measure(text, 11) + 6);
  return h("g", { key, "data-tip": blank.why },
    text !== "" && say(a + 5, m + 4, text, blank.isInput === true ? "s ru halo" : "s i3 halo", { key: "words" }),
    z - from > 15 && h("line", { key: "dots", class: blank.isInput === true ? "rt-input" : "rt-dots", x1: from, x2: z - 3, y1: m, y2: m }),
    hover(a, z, y));
}

/** The whole blank answers to the pointer, not only its words. */
function hover(a: number, z: number, y: number): VNode {
  return h("rect", { key: "hover", class: "rt-hover", x: a, y, width: Math.max(0, z - a), height: BAR });
}
