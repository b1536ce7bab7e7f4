// The moments of a run with many tasks: found by a walk over the columns, never listed.

import type { Moment } from "./moments.ts";
import type { TaskRow } from "./rows.ts";
import type { RunStore } from "./store.ts";

/** A run with more tasks than this keeps no list of its moments; only starts and ends are told. */
export const LARGE = 2000;

type Kind = "started" | "ended";

/** The last moment at or before t, or the first one after it. */
export function nearestMoment(store: RunStore, t: number, isLater: boolean): Moment | null {
  const { columns } = store;
  let best: Moment | null = null;
  let at = -1;
  let kind: Kind = "started";
  let found = isLater ? Infinity : -Infinity;
  const isBetter = (time: number): boolean =>
    isLater ? time > t && time < found : time <= t && time >= found && time >= store.run.start_s;
  for (let i = 0; i < columns.rows.length; i += 1) {
    const began = columns.began[i] as number;
    const over = columns.over[i] as number;
    if (isBetter(began)) [found, at, kind] = [began, i, "started"];
    if (isBetter(over)) [found, at, kind] = [over, i, "ended"];
  }
  if (at >= 0) best = { t: found, kind, task: columns.rows[at] as TaskRow };
  for (const wait of store.waits.values()) {
    if (isBetter(wait.start_s)) best = { t: (found = wait.start_s), kind: "called", wait };
    if (wait.end_s !== null && isBetter(wait.end_s)) best = { t: (found = wait.end_s), kind: "returned", wait };
  }
  for (const object of store.puts.values()) {
    if (object.created_s !== null && isBetter(object.created_s)) best = { t: (found = object.created_s), kind: "put", object };
  }
  return best;
}

/** The tasks to which the same happened within `span` seconds before a moment. */
export function alongside({ columns }: RunStore, { t, kind, task }: { t: number; kind: Moment["kind"]; task: TaskRow }, span: number): TaskRow[] {
  const times = kind === "started" ? columns.began : columns.over;
  const found: TaskRow[] = [];
  for (let i = 0; i < columns.rows.length; i += 1) {
    const time = times[i] as number;
    const row = columns.rows[i] as TaskRow;
    if (time <= t && t - time <= span && row.parent === task.parent && row.end === task.end) found.push(row);
  }
  return found;
}

/** Mark the pixel of everything that happened up to `head`. */
export function markMoments(store: RunStore, head: number, mark: (t: number) => void): void {
  const { columns } = store;
  for (let i = 0; i < columns.rows.length; i += 1) {
    const began = columns.began[i] as number;
    const over = columns.over[i] as number;
    if (began <= head) mark(began);
    if (over <= head) mark(over);
  }
  for (const wait of store.waits.values()) {
    mark(wait.start_s);
    if (wait.end_s !== null) mark(wait.end_s);
  }
}
