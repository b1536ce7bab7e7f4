// The states of a task and what people read for them.

export const STATES = [
  "running",
  "blocked",
  "queued",
  "needs input",
  "done",
  "failed",
  "cancelled",
  "cannot run",
] as const;

export type State = (typeof STATES)[number];

/** What people read; only "blocked" needs more than its name. */
export const WORD: Readonly<Record<State, string>> = {
  running: "running",
  blocked: "blocked in get",
  queued: "queued",
  "needs input": "needs input",
  done: "done",
  failed: "failed",
  cancelled: "cancelled",
  "cannot run": "cannot run",
};

/** The states that a task stays in. */
export const ENDS = new Set<string>(["done", "failed", "cancelled", "cannot run"]);
