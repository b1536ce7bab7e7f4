// Large arguments that were pickled and stored for each task anew.

import type { TaskRow } from "./rows.ts";
import type { RunStore } from "./store.ts";

export interface Shipped {
  /** in order of submission */
  tasks: TaskRow[];
  /** bytes that each of them was given */
  size: number;
}

/** So many tasks with the same argument are worth a word, as in `run.advice()`. */
const OFTEN = 3;

/** The same large argument, shipped at least three times up to t. */
export function shippedAgain(store: RunStore, t: number): Shipped[] {
  const found = new Map<number, TaskRow[]>();
  for (const task of store.columns.rows) {
    if (task.args_bytes === 0 || (task.attempts[0]?.start_s ?? Infinity) > t) continue;
    const first = task.args_like ?? task.id;
    const list = found.get(first);
    if (list === undefined) found.set(first, [task]);
    else list.push(task);
  }
  return [...found.values()].filter((tasks) => tasks.length >= OFTEN)
    .map((tasks) => ({ tasks, size: tasks[0]?.args_bytes ?? 0 }));
}
