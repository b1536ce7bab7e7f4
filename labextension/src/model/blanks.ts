// Why a worker ran nothing: the cause of each blank, as far as the rows tell it.

import type { Gap, Lane } from "../layout/lanes.ts";
import type { TaskRow } from "./rows.ts";
import { cpusInUse, existsAt, isOver, objectLabel, overSince, stateAt } from "./state.ts";
import type { RunStore } from "./store.ts";

export interface Blank {
  from: number;
  to: number;
  /** a few words; "" if the rows do not tell */
  text: string;
}

/** The gap cut where its cause changes. */
export function blanksOf(store: RunStore, lane: Lane, gap: Gap, head: number): Blank[] {
  if (lane.worker.kind === "actor") {
    return [{ from: gap.from, to: gap.to, text: gap.isFirst ? "no call yet" : "no call" }];
  }
  if (gap.next !== undefined) return beforeTask(store, lane, gap, gap.next.task);
  return [{ from: gap.from, to: gap.to, text: atTheEnd(store, lane, head) }];
}

function beforeTask(store: RunStore, lane: Lane, gap: Gap, task: TaskRow): Blank[] {
  const clamp = (t: number): number => Math.min(Math.max(t, gap.from), gap.to);
  const submitted = clamp(task.submitted_s);
  const ready = clamp(task.ready_s ?? task.submitted_s);
  const parts = [
    { from: gap.from, to: submitted, text: gap.isFirst ? "no task yet" : "no task" },
    { from: submitted, to: ready, text: needs(store, task, submitted) },
    { from: ready, to: gap.to, text: busy(store, lane, (ready + gap.to) / 2) },
  ];
  return parts.filter((part) => part.to > part.from);
}

/** "needs load-1": the input that came last. */
function needs(store: RunStore, task: TaskRow, t: number): string {
  const missing = missingInputs(store, task, t);
  const since = (id: string): number => store.objects.get(id)?.created_s ?? Infinity;
  const last = missing.sort((a, b) => since(b) - since(a))[0];
  return last === undefined ? "" : `needs ${objectLabel(store, last)}`;
}

/** Inputs that do not exist at t. */
export function missingInputs(store: RunStore, task: TaskRow, t: number): string[] {
  return [...new Set(task.inputs)].filter((id) => !existsAt(store, id, t));
}

function busy(store: RunStore, lane: Lane, t: number): string {
  const cpus = store.nodes.get(lane.worker.node)?.num_cpus ?? Infinity;
  const inUse = cpusInUse(store, t).get(lane.worker.node) ?? 0;
  return inUse >= cpus ? "no CPU free" : "";
}

function atTheEnd(store: RunStore, lane: Lane, head: number): string {
  let waiting: TaskRow | null = null;
  let isQueued = false;
  let isOpen = false;
  for (const task of store.tasks.values()) {
    const state = stateAt(task, head);
    if (state === "needs input") waiting ??= task;
    if (state === "queued" && task.kind === "task") isQueued = true;
    if (!isOver(state) && state !== null) isOpen = true;
  }
  if (isQueued) return busy(store, lane, head);
  if (waiting !== null) {
    const missing = missingInputs(store, waiting, head)[0];
    if (missing !== undefined) return `${waiting.label} needs ${objectLabel(store, missing)}`;
  }
  return isOpen || store.run.outcome !== "" ? "no task left" : "no task";
}

/** When the task was ready and how long it stood in line before its first attempt. */
export function inLine(task: TaskRow): number | null {
  const first = task.attempts[0];
  const since = task.ready_s ?? (task.inputs.length === 0 ? task.submitted_s : null);
  return first === undefined || since === null ? null : Math.max(0, first.start_s - since);
}

/** How long the task has run at t, all attempts together; null if never. */
export function ranFor(task: TaskRow, t: number): number | null {
  const over = overSince(task) ?? t;
  const spans = task.attempts.filter((a) => a.start_s <= t);
  if (spans.length === 0) return null;
  return spans.reduce((sum, a) => sum + Math.min(a.end_s ?? t, over, t) - a.start_s, 0);
}
