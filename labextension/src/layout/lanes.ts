// Rows -> the lanes of the timeline: who did what when, per node and worker.

import type { Attempt, TaskRow, WorkerRow } from "../model/rows.ts";
import type { RunStore } from "../model/store.ts";

export interface Bar {
  task: TaskRow;
  attempt: Attempt;
  /** the task's last attempt tells its end */
  isLast: boolean;
}

export interface Lane {
  worker: WorkerRow;
  label: string;
  /** by start */
  bars: Bar[];
}

export interface LaneGroup {
  /** the node's id, e.g. "A" */
  node: string;
  lanes: Lane[];
  /** workers that did nothing in this run beyond those shown */
  idle: number;
}

/** Idle workers shown by name; more are told by number. */
const IDLE_SHOWN = 4;

/** Lanes of the workers that had to do with the run between `start` and `head`. */
export function laneGroups(store: RunStore, start: number, head: number): LaneGroup[] {
  const bars = barsByWorker(store);
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
      .map((worker) => ({ worker, label: worker.label, bars: bars.get(worker.id) ?? [] }));
    groups.push({ node, lanes, idle: present.length - shown.size });
  }
  return groups.filter((g) => g.lanes.length > 0 || g.idle > 0);
}

function isAround(store: RunStore, worker: WorkerRow, start: number, head: number): boolean {
  if (worker.requested_s > head || (worker.ended_s ?? Infinity) <= start) return false;
  return worker.kind !== "actor" || (worker.actor !== null && store.actors.has(worker.actor));
}

const placed = new WeakMap<RunStore, { revision: number; bars: Map<number, Bar[]> }>();

function barsByWorker(store: RunStore): Map<number, Bar[]> {
  const known = placed.get(store);
  if (known?.revision === store.revision) return known.bars;
  const bars = new Map<number, Bar[]>();
  for (const task of store.tasks.values()) {
    if (task.kind === "creation") continue;
    task.attempts.forEach((attempt, i) => {
      const bar = { task, attempt, isLast: i === task.attempts.length - 1 };
      const lane = bars.get(attempt.worker);
      if (lane === undefined) bars.set(attempt.worker, [bar]);
      else lane.push(bar);
    });
  }
  for (const lane of bars.values()) lane.sort((a, b) => a.attempt.start_s - b.attempt.start_s);
  placed.set(store, { revision: store.revision, bars });
  return bars;
}

export interface Gap {
  from: number;
  to: number;
  /** the bar after it, if one came */
  next: Bar | undefined;
  /** no bar before it in this lane */
  isFirst: boolean;
}

/** The times in which the worker existed and ran nothing. */
export function gaps(lane: Lane, start: number, head: number): Gap[] {
  const { worker } = lane;
  const born = worker.started_s;
  if (born === null || born > head) return [];
  const until = Math.min(head, worker.ended_s ?? head);
  const result: Gap[] = [];
  let from = Math.max(start, born);
  let isFirst = true;
  for (const bar of lane.bars) {
    if (bar.attempt.start_s > head) break;
    if (bar.attempt.start_s > from) {
      result.push({ from, to: bar.attempt.start_s, next: bar, isFirst });
    }
    from = Math.max(from, bar.attempt.end_s ?? head);
    isFirst = false;
  }
  if (from < until) result.push({ from, to: until, next: undefined, isFirst });
  return result;
}

/** Bars that lie within a pixel of one another become one strip. */
export function mergeNarrow<T extends { x: number; w: number }>(
  bars: readonly T[],
  minWidth: number,
): (T | { x: number; w: number; merged: T[] })[] {
  const result: (T | { x: number; w: number; merged: T[] })[] = [];
  let strip: { x: number; w: number; merged: T[] } | null = null;
  for (const bar of bars) {
    if (bar.w >= minWidth) {
      strip = null;
      result.push(bar);
    } else if (strip !== null && bar.x - (strip.x + strip.w) < 1) {
      strip.w = Math.max(strip.w, bar.x + bar.w - strip.x);
      strip.merged.push(bar);
    } else {
      strip = { x: bar.x, w: bar.w, merged: [bar] };
      result.push(strip);
    }
  }
  return result;
}
