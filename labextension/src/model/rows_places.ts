// The row types of nodes and workers, see rows.ts.

/** A worker process. */
export interface WorkerRow {
  id: number;
  label: string;
  node: string;
  kind: string;
  requested_s: number;
  actor: number | null;
  pid: number;
  started_s: number | null;
  ended_s: number | null;
  reason: string;
}
/** A copy that came: object, its label, from which node, bytes, from and to. */
export type Received = [string, string, string, number, number, number];
/** A node and what it offers. */
export interface NodeRow {
  id: string;
  num_cpus: number;
  added_s: number;
  lost_s: number | null;
  /** intervals (from, to) in which nothing started but steps */
  paused: [number, number | null][];
  /** intervals (from, to) in which starts were spaced out */
  slowed: [number, number | null][];
  /** starts per second while they are spaced out now, else 0 */
  per_second: number;
  /** starts that were let through one by one so far */
  steps: number;
  /** what starts next, where and why; "" while everything flows */
  next_words: string;
  /** some of those that are not next, and why */
  losers: string[];
  received: Received[];
  /** how many times as long everything takes on it now, 1 as usual */
  times_slower: number;
}

/** Names the fields of `T` in order; a missing or foreign one does not compile. */
export const columnsOf =
  <T>() =>
  <const C extends readonly (keyof T & string)[]>(
    columns: C & ([keyof T] extends [C[number]] ? unknown : never),
  ): readonly (keyof T & string)[] =>
    columns;

export const WORKER_COLUMNS = /* @__PURE__ */ columnsOf<WorkerRow>()([
  "id", "label", "node", "kind", "requested_s", "actor", "pid", "started_s", "ended_s", "reason",
]);

export const NODE_COLUMNS = /* @__PURE__ */ columnsOf<NodeRow>()([
  "id", "num_cpus", "added_s", "lost_s", "paused", "slowed", "per_second", "steps", "next_words", "losers",
  "received", "times_slower",
]);
