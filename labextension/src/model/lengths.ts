// What is asked of one task: what it lacks, how long it stood in line, how long it ran.

import type { TaskRow } from "./rows.ts";
import { existsAt, overSince } from "./state.ts";
import type { RunStore } from "./store.ts";

/** Inputs that do not exist at t. */
export function missingInputs(store: RunStore, task: TaskRow, t: number): string[] {
  return [...new Set(task.inputs)].filter((id) => !existsAt(store, id, t));
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
