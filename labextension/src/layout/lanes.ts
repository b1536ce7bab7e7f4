// Rows -> the lanes of the timeline: who did what when, per node and worker.

import { LaneBars } from "../model/bars.ts";
import type { Bar } from "../model/bars.ts";
import type { WorkerRow } from "../model/rows.ts";
import type { RunStore } from "../model/store.ts";

export interface Lane {
  /** of the worker, and of the slot where it has several */
  id: string;
  worker: WorkerRow;
  label: string;
  bars: LaneBars;
  /** place among the slots of an actor that runs several calls at once, from 0 */
  slot: number;
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
      .sort((a, b) => Number(a.kind === "actor") - Number(b.kind === "actor") || (a.actor ?? 0) - (b.actor ?? 0) || a.id - b.id)
      .flatMap((worker) => lanesOf(store, worker, bars.get(worker.id) ?? NO_BARS));
    groups.push({ node, lanes, idle: present.length - shown.size });
  }
  return groups.filter((g) => g.lanes.length > 0 || g.idle > 0);
}

/** Slots with a lane of their own; further calls share the last one. */
const MOST_SLOTS = 8;

function lanesOf(store: RunStore, worker: WorkerRow, bars: LaneBars): Lane[] {
  const actor = worker.actor === null ? undefined : store.actors.get(worker.actor);
  const before = actor === undefined ? 0 : [...store.workers.values()].filter((w) => w.actor === actor.id && w.id < worker.id).length;
  // It stands below the process that died.
  const label = before === 0 ? worker.label : `process ${before + 1}`;
  const one: Lane = { id: String(worker.id), worker, label, bars, slot: 0 };
  if (actor === undefined || actor.max_concurrency < 2) return [one];
  return bySlot(store, worker.id, bars).map((part, slot) =>
    ({ ...one, bars: part, slot, id: slot === 0 ? one.id : `${worker.id}/${slot}`, label: slot === 0 ? label : `slot ${slot + 1}` }));
}

const slots = new WeakMap<RunStore, Map<number, { revision: number; parts: LaneBars[] }>>();

/** Calls that overlap, each in the first slot that was free when it began. */
function bySlot(store: RunStore, worker: number, bars: LaneBars): LaneBars[] {
  const kept = slots.get(store) ?? new Map<number, { revision: number; parts: LaneBars[] }>();
  slots.set(store, kept);
  const known = kept.get(worker);
  if (known?.revision === store.revision) return known.parts;
  const parts = [new LaneBars()];
  const free = [-Infinity];
  bars.list.forEach((bar, i) => {
    const from = bars.from[i] as number;
    let slot = free.findIndex((since) => since <= from);
    if (slot === -1) slot = Math.min(free.length, MOST_SLOTS - 1);
    (parts[slot] ??= new LaneBars()).add(bar, from, bars.to[i] as number);
    free[slot] = Math.max(free[slot] ?? -Infinity, bars.to[i] as number);
  });
  kept.set(worker, { revision: store.revision, parts });
  return parts;
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
