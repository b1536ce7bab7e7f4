// Rows -> the lanes of the timeline: who did what when, per node and worker.

import { LaneBars } from "../model/bars.ts";
import type { Bar } from "../model/bars.ts";
import type { WorkerRow } from "../model/rows.ts";
import type { RunStore } from "../model/store.ts";

export interface Lane {
  worker: WorkerRow;
  label: string;
  bars: LaneBars;
}

export interface LaneGroup {
  /** the node's id, e.g. "A" */
  node: string;
  lanes: Lane[];
  /** workers that did nothing in this run beyond those shown */
  idle: number;
}

const NO_BARS = new LaneBars();

/** Idle workers shown by name; more are told by number. */
const IDLE_SHOWN = 4;

/** Lanes of the workers that had to do with the run between `start` and `head`. */
export function laneGroups(store: RunStore, start: number, head: number): LaneGroup[] {
  const bars = store.bars.lanes;
  const groups: LaneGroup[] = [];
  for (const node of store.nodes.keys()) {
    const workers = [...store.workers.values()].filter((w) => w.node === node);
    const present = workers.filter((w) => bars.has(w.id) || isAround(store, w, start, head));
    const busy = present.filter((w) => bars.has(w.id) || w.kind === "actor");
    const idle = present.filter((w) => !busy.includes(w));
    const shown = new Set([...busy, ...idle.slice(0, Math.max(0, IDLE_SHOWN - busy.length))]);
    const lanes = present
      .filter((w) => shown.has(w))
      .sort((a, b) => Number(a.kind === "actor") - Number(b.kind === "actor") || a.id - b.id)
      .map((worker) => ({ worker, label: worker.label, bars: bars.get(worker.id) ?? NO_BARS }));
    groups.push({ node, lanes, idle: present.length - shown.size });
  }
  return groups.filter((g) => g.lanes.length > 0 || g.idle > 0);
}

function isAround(store: RunStore, worker: WorkerRow, start: number, head: number): boolean {
  if (worker.requested_s > head || (worker.ended_s ?? Infinity) <= start) return false;
  return worker.kind !== "actor" || (worker.actor !== null && store.actors.has(worker.actor));
}

export interface Gap {
  from: number;
  to: number;
  /** the bar after it, if one came */
  next: Bar | undefined;
  /** no bar before it in this lane */
  isFirst: boolean;
}

/** The times in which the worker existed and ran nothing; those shorter than `shortest` are left out. */
export function gaps(lane: Lane, start: number, head: number, shortest = 0): Gap[] {
  const { worker, bars } = lane;
  const born = worker.started_s;
  if (born === null || born > head) return [];
  const until = Math.min(head, worker.ended_s ?? head);
  const result: Gap[] = [];
  let from = Math.max(start, born);
  const count = bars.before(head) + 1;
  for (let i = 0; i < count; i += 1) {
    const began = bars.from[i] as number;
    if (began > from && began - from >= shortest) {
      result.push({ from, to: began, next: bars.list[i], isFirst: i === 0 });
    }
    from = Math.max(from, Math.min(bars.to[i] as number, head));
  }
  if (from < until && until - from >= shortest) result.push({ from, to: until, next: undefined, isFirst: count === 0 });
  return result;
}
