// The state of a task at time t, read off the times in its row.

import { ENDS, STATES, WORD } from "./states.ts";
import type { State } from "./states.ts";
import { CALL, CREATION, DONE, RUNNING } from "./columns.ts";
import type { Attempt, TaskRow } from "./rows.ts";
import type { RunStore } from "./store.ts";

export { STATES, WORD };
export type { State };

/** The attempt that runs at t. */
export function attemptAt(task: TaskRow, t: number): Attempt | undefined {
  return task.attempts.find((a) => a.start_s <= t && (a.end_s === null || t < a.end_s));
}

/** When the task was over: its last attempt's own end, as far as it has one. */
export function overSince(task: TaskRow): number | null {
  if (task.end_s === null) return null;
  const last = task.attempts.at(-1);
  const ownEnd = last !== undefined && last.outcome !== "lost" ? last.end_s : null;
  return ownEnd === null ? task.end_s : Math.min(ownEnd, task.end_s);
}

export function isBlockedAt(task: TaskRow, t: number): boolean {
  return task.blocked.some(([from, to]) => from <= t && (to === null || t < to));
}

/** The state at t, or null if it was not submitted yet. */
export function stateAt(task: TaskRow, t: number): State | null {
  if (t < task.submitted_s) return null;
  const over = overSince(task);
  if (over !== null && t >= over && ENDS.has(task.end)) return task.end as State;
  if (attemptAt(task, t) !== undefined) return isBlockedAt(task, t) ? "blocked" : "running";
  const hasInputs = task.ready_s === null ? task.inputs.length === 0 : t >= task.ready_s;
  return hasInputs || task.attempts.some((a) => a.start_s <= t) ? "queued" : "needs input";
}

export function isOver(state: State | null): boolean {
  return state !== null && ENDS.has(state);
}

export type Counts = Readonly<Record<State, number>>;

const counted = new WeakMap<RunStore, { revision: number; t: number; result: Counts }>();

/**
 * How many tasks are in each state at t; one picture asks several times.
 * An actor's creation counts only if it went wrong.
 */
export function counts(store: RunStore, t: number): Counts {
  const known = counted.get(store);
  if (known?.revision === store.revision && known.t === t) return known.result;
  const { columns } = store;
  const numbers = STATES.map(() => 0);
  for (let i = 0; i < columns.rows.length; i += 1) {
    const code = columns.at(i, t);
    if (code < 0 || ((columns.flags[i] as number) & CREATION && code <= DONE)) continue;
    numbers[code] = (numbers[code] as number) + 1;
  }
  const result = Object.fromEntries(STATES.map((state, i) => [state, numbers[i]])) as Record<State, number>;
  counted.set(store, { revision: store.revision, t, result });
  return result;
}

/** (state whose glyph stands for it, number, word), in the fixed order, zeros left out. */
export function inWords(counts: Counts | undefined): [State, number, string][] {
  if (counts === undefined) return [];
  const shown = STATES.filter((state) => state !== "needs input");
  const all = shown.map((state): [State, number, string] =>
    state === "queued" ? [state, counts.queued + counts["needs input"], "waiting"] : [state, counts[state], state]);
  return all.filter(([, number]) => number > 0);
}

/** CPUs of each node that the tasks of this run hold at t; a blocked one lends its own. */
export function cpusInUse(store: RunStore, t: number): Map<string, number> {
  const { columns } = store;
  const inUse = new Map([...store.nodes.keys()].map((id) => [id, 0]));
  for (let i = 0; i < columns.rows.length; i += 1) {
    if ((columns.flags[i] as number) & (CALL | CREATION) || columns.at(i, t) !== RUNNING) continue;
    const task = columns.rows[i] as TaskRow;
    const node = store.workers.get(attemptAt(task, t)?.worker ?? -1)?.node;
    if (node !== undefined) inUse.set(node, (inUse.get(node) ?? 0) + task.num_cpus);
  }
  return inUse;
}

/** The task that returns the object, or null for a `put`. */
export function producer(store: RunStore, object: string): TaskRow | null {
  const row = store.objects.get(object);
  const id = row === undefined ? Number(object.split(".")[0]) : row.task;
  return id === null ? null : (store.tasks.get(id) ?? null);
}

/** Whether the value exists at t; one from outside this run does. */
export function existsAt(store: RunStore, object: string, t: number): boolean {
  const made = store.objects.get(object)?.created_s;
  if (made !== null && made !== undefined) return made <= t;
  const task = producer(store, object);
  return task === null ? !store.objects.has(object) : stateAt(task, t) === "done";
}

/** What people call the object: its task's label, or its own. */
export function objectLabel(store: RunStore, object: string): string {
  return store.objects.get(object)?.label || producer(store, object)?.label || object;
}

const lasts = new WeakMap<RunStore, { revision: number; last: number }>();

/** The last moment at which anything in the run changed. */
export function lastChange(store: RunStore): number {
  const known = lasts.get(store);
  if (known?.revision === store.revision) return known.last;
  let last = Math.max(store.run.start_s, store.run.end_s ?? 0, store.columns.last);
  for (const wait of store.waits.values()) last = Math.max(last, wait.end_s ?? wait.start_s);
  lasts.set(store, { revision: store.revision, last });
  return last;
}

/** Whether something of the run is still to come. */
export function isUnfinished(store: RunStore): boolean {
  if (!store.live) return false;
  return (store.run.id !== -1 && store.run.outcome === "") || store.columns.unfinished > 0;
}
