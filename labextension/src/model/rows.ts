// The row types of a run. They mirror `rayteach/trace/views/rows.py` field by
// field, in order: `test/rows.test.ts` compares the two files.
// All times are seconds since the session started; null says "not yet".

import { columnsOf } from "./rows_places.ts";

export { NODE_COLUMNS, WORKER_COLUMNS } from "./rows_places.ts";
export type { NodeRow, Received, WorkerRow } from "./rows_places.ts";

/** One try of a task on one worker. */
export interface Attempt {
  start_s: number;
  end_s: number | null;
  worker: number;
  /** "" while running, then "done", "failed", "lost" or "cancelled" */
  outcome: string;
}

/** A task, an actor call or an actor creation. */
export interface TaskRow {
  id: number;
  label: string;
  function: string;
  kind: string;
  parent: number | null;
  actor: number | null;
  /** ids of the objects among the arguments, e.g. "17.0" */
  inputs: string[];
  cell: string;
  line: number;
  source: string;
  submitted_s: number;
  ready_s: number | null;
  num_cpus: number;
  num_returns: number;
  attempts: Attempt[];
  /** intervals (from, to) in which it was blocked in `get` or `wait` */
  blocked: [number, number | null][];
  end_s: number | null;
  /** "" until the end, then "done", "failed", "cancelled" or "cannot run" */
  end: string;
  error: string;
  error_line: number;
  cause: number | null;
  /** one sentence: why it waits now, or why it started when it did */
  story: string;
  node: string;
  why_there: string;
  delayed_s: number;
  args_bytes: number;
  args_like: number | null;
  /** why it ran again; "" if it did not */
  again: string;
}

/** A value that exists or will exist. */
export interface ObjectRow {
  id: string;
  label: string;
  /** the task that returns it; null for a `put` */
  task: number | null;
  cell: string;
  line: number;
  created_s: number | null;
  size_bytes: number | null;
  shared: boolean;
  /** (node, since) of each copy */
  copies: [string, number][];
  released_s: number | null;
}

/** An actor; its calls are task rows of kind "call". */
export interface ActorRow {
  id: number;
  label: string;
  class_name: string;
  cell: string;
  line: number;
  submitted_s: number;
  name: string;
  worker: number | null;
  started_s: number | null;
  ended_s: number | null;
  reason: string;
  /** intervals (process died, constructor returned again) of its restarts */
  restarts: [number, number | null][];
  /** how many of its calls may run at once */
  max_concurrency: number;
}

/** One call of `get` or `wait`. */
export interface WaitRow {
  id: number;
  kind: string;
  task: number | null;
  cell: string;
  line: number;
  source: string;
  start_s: number;
  objects: string[];
  num_returns: number;
  timeout_s: number | null;
  unit: string;
  ready_s: (number | null)[];
  end_s: number | null;
  /** per object after the return: "ready", "held" or "pending" */
  outcome: string[];
  reason: string;
}

/** The cell run that a view shows (id -1: the whole session). */
export interface RunRow {
  id: number;
  cell: string;
  execution: number;
  start_s: number;
  end_s: number | null;
  /** "" while it runs, then "done", "failed" or "interrupted" */
  outcome: string;
  source: string;
  /** once all is over: the tasks of the longest chain */
  critical: number[];
  /** the same in sentences: what the chain takes, and where the other time went */
  why_not_faster: string;
  /** tasks and calls that have no rows any more; failed ones, seconds they ran, since when */
  left_out: number;
  left_out_failed: number;
  left_out_work_s: number;
  left_out_from_s: number;
}

export const ATTEMPT_COLUMNS = /* @__PURE__ */ columnsOf<Attempt>()(["start_s", "end_s", "worker", "outcome"]);

export const TASK_COLUMNS = /* @__PURE__ */ columnsOf<TaskRow>()([
  "id", "label", "function", "kind", "parent", "actor", "inputs", "cell", "line", "source",
  "submitted_s", "ready_s", "num_cpus", "num_returns", "attempts", "blocked", "end_s", "end", "error", "error_line",
  "cause", "story", "node", "why_there", "delayed_s", "args_bytes", "args_like", "again",
]);

export const OBJECT_COLUMNS = /* @__PURE__ */ columnsOf<ObjectRow>()([
  "id", "label", "task", "cell", "line", "created_s", "size_bytes", "shared", "copies", "released_s",
]);

export const ACTOR_COLUMNS = /* @__PURE__ */ columnsOf<ActorRow>()([
  "id", "label", "class_name", "cell", "line", "submitted_s", "name", "worker", "started_s",
  "ended_s", "reason", "restarts", "max_concurrency",
]);

export const WAIT_COLUMNS = /* @__PURE__ */ columnsOf<WaitRow>()([
  "id", "kind", "task", "cell", "line", "source", "start_s", "objects", "num_returns", "timeout_s", "unit", "ready_s",
  "end_s", "outcome", "reason",
]);

export const RUN_COLUMNS = /* @__PURE__ */ columnsOf<RunRow>()([
  "id", "cell", "execution", "start_s", "end_s", "outcome", "source", "critical", "why_not_faster",
  "left_out", "left_out_failed", "left_out_work_s", "left_out_from_s",
]);
