// A `wait` at time t: which of its IDs are ready, held or pending, and why it returned.

import { inUnit, isOpenAt } from "./calls.ts";
import { objectKey, taskKey } from "./graph.ts";
import type { WaitRow } from "./rows.ts";
import { objectLabel, producer, stateAt } from "./state.ts";
import type { State } from "./state.ts";
import type { RunStore } from "./store.ts";
import { factOf } from "./story.ts";

export const COLUMNS = ["ready", "held", "pending"] as const;
export type Column = (typeof COLUMNS)[number];

/** One ID of the list that was passed. */
export interface Waited {
  object: string;
  /** what a click selects: its task, or the object itself */
  key: string;
  label: string;
  column: Column;
  /** ready since, as far as it is */
  since: number | null;
  /** of its task at the moment that is shown, null for a value without one */
  state: State | null;
  /** what its task does, in a few words */
  fact: string;
}

export interface WaitAt {
  wait: WaitRow;
  isOpen: boolean;
  /** the moment the picture shows: t, or the return before it */
  t: number;
  /** in input order */
  ids: Waited[];
}

/** Where the ID at a place of the list is at t. */
export function columnAt(wait: WaitRow, place: number, t: number): Column {
  if (!isOpenAt(wait, t)) return (wait.outcome[place] ?? "pending") as Column;
  const since = wait.ready_s[place] ?? null;
  return since !== null && since <= t ? "ready" : "pending";
}

/** The call as it stood at t; after its return, as it stood then. */
export function waitAt(store: RunStore, wait: WaitRow, t: number): WaitAt {
  const isOpen = isOpenAt(wait, t);
  const moment = isOpen ? t : Math.min(t, wait.end_s ?? t);
  const ids = wait.objects.map((object, place): Waited => {
    const task = producer(store, object);
    const since = wait.ready_s[place] ?? null;
    const column = columnAt(wait, place, t);
    return {
      object, column,
      key: task === null ? objectKey(object) : taskKey(task.id),
      label: objectLabel(store, object),
      since: column === "pending" ? null : since,
      state: task === null ? null : stateAt(task, moment),
      fact: task === null ? "" : factOf(store, task, moment),
    };
  });
  return { wait, isOpen, t: moment, ids };
}

/** "wait has 2 of 3", "wait returned: 3 were ready". */
export function headline({ wait, isOpen, ids }: WaitAt): string {
  const ready = ids.filter((id) => id.column === "ready").length;
  if (isOpen) return `wait has ${Math.min(ready, wait.num_returns)} of ${wait.num_returns}`;
  if (wait.reason === "timeout") return `wait timed out: ${ready} of ${wait.num_returns} ready`;
  if (wait.reason !== "enough ready") return `wait ended: ${wait.reason}`;
  return `wait returned: ${ready} ${ready === 1 ? "was" : "were"} ready`;
}

/** Why it returned, in a sentence; what it still needs while it blocks. */
export function reasonOf({ wait, isOpen, t, ids }: WaitAt): string {
  const ready = ids.filter((id) => id.column === "ready").length;
  const held = ids.filter((id) => id.column === "held").length;
  const left = wait.timeout_s === null ? null : Math.max(0, wait.start_s + wait.timeout_s - t);
  if (isOpen) {
    const more = Math.max(0, wait.num_returns - ready);
    const what = more === 0 ? "Returns now" : `Returns when ${more === 1 ? "one more is" : `${more} more are`} ready`;
    return left === null ? `${what}; it has no timeout.` : `${what}, or in ${inUnit(wait, left)}.`;
  }
  const took = inUnit(wait, (wait.end_s ?? t) - wait.start_s);
  const of = wait.timeout_s === null ? "" : ` of ${inUnit(wait, wait.timeout_s)}`;
  if (wait.reason === "timeout") return `The timeout${of} passed before ${wait.num_returns} ${wait.num_returns === 1 ? "was" : "were"} ready.`;
  if (wait.reason !== "enough ready") return `Ended after ${took}: ${wait.reason}.`;
  return `Returned after ${took}${of}: enough were ready.${heldWords(held, wait.num_returns)}`;
}

function heldWords(held: number, most: number): string {
  if (held === 0) return "";
  return ` ${held} more ${held === 1 ? "was" : "were"} ready: num_returns=${most} holds ${held === 1 ? "it" : "them"} back.`;
}

/** The names on the left of the call: `done, todo = wait(…)`, else ready and remaining. */
export function listNames(wait: WaitRow): [string, string] {
  const [, ready, rest] = /^\s*(\w+)\s*,\s*(\w+)\s*=[^=]/.exec(wait.source) ?? [];
  return ready === undefined || rest === undefined ? ["ready", "remaining"] : [ready, rest];
}
