// Sentences about a task: what it does, why it waits, where it came from.

import { duration } from "../layout/axis.ts";
import { inLine, missingInputs, ranFor } from "./lengths.ts";
import type { TaskRow } from "./rows.ts";
import { attemptAt, objectLabel, producer, stateAt } from "./state.ts";
import type { RunStore } from "./store.ts";

/** Where a worker is, in words: "worker 2", "node A, worker 2" with several nodes. */
export function placeName(store: RunStore, workerId: number): string {
  const worker = store.workers.get(workerId);
  if (worker === undefined) return `worker ${workerId}`;
  return store.nodes.size > 1 ? `node ${worker.node}, ${worker.label}` : worker.label;
}

/** "a", "a and b", "a, b and 3 more" */
export function listing(names: readonly string[], most = 3): string {
  const shown = names.length > most ? names.slice(0, most - 1) : [...names];
  const rest = names.length - shown.length;
  const all = rest > 0 ? [...shown, `${rest} more`] : shown;
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`;
}

/** A few words for beside the mark: "running, 0.34 s". */
export function factOf(store: RunStore, task: TaskRow, t: number): string {
  const ran = ranFor(task, t);
  switch (stateAt(task, t)) {
    case "needs input":
      return `needs ${listing(missingInputs(store, task, t).map((id) => objectLabel(store, id)))}`;
    case "queued":
      return "queued";
    case "running":
      return `running, ${duration(ran ?? 0)}`;
    case "blocked":
      return "blocked in get, CPU lent";
    case "done":
      return `done, ran ${duration(ran ?? 0)}`;
    case "failed":
      return "failed";
    case "cancelled":
      return "cancelled";
    case "cannot run":
      return task.cause === null ? "cannot run" : `cannot run: ${labelOf(store, task.cause)} failed`;
    default:
      return "";
  }
}

const labelOf = (store: RunStore, id: number): string => store.tasks.get(id)?.label ?? `task ${id}`;

/** The sentence of the story line: the kernel's own at the live edge, else from the rows. */
export function whyOf(store: RunStore, task: TaskRow, t: number): string {
  if (task.story !== "" && t >= (task.end_s ?? store.nowS - 1)) return task.story;
  switch (stateAt(task, t)) {
    case "needs input":
      return `Needs ${listing(missingInputs(store, task, t).map((id) => stillMissing(store, id, t)))}.`;
    case "queued":
      return queuedStory(task, t);
    case "running":
      return `Started on ${placeName(store, attemptAt(task, t)?.worker ?? 0)}${afterLine(task)}.`;
    case "blocked":
      return blockedStory(store, task, t);
    case "failed":
      return task.error === "" ? "It ended with an error." : `${task.error}.`;
    case "cancelled":
      return ranFor(task, t) === null ? "Cancelled before it started." : `Cancelled after ${ranText(task, t)}.`;
    case "cannot run":
      return task.cause === null ? "Its actor is dead." : `Its input will never exist: ${labelOf(store, task.cause)} did not finish.`;
    case "done":
      return `Ran ${ranText(task, t)} on ${placeName(store, task.attempts.at(-1)?.worker ?? 0)}${afterLine(task)}.`;
    default:
      return "Not submitted yet.";
  }
}

const ranText = (task: TaskRow, t: number): string => duration(ranFor(task, t) ?? 0);

function stillMissing(store: RunStore, object: string, t: number): string {
  const task = producer(store, object);
  const state = task === null ? null : stateAt(task, t);
  return state === null ? objectLabel(store, object) : `${objectLabel(store, object)} (${state})`;
}

function queuedStory(task: TaskRow, t: number): string {
  const lost = task.attempts.filter((a) => a.end_s !== null && a.end_s <= t).length;
  if (lost > 0) return `Attempt ${lost} was lost; it waits to run again.`;
  const since = duration(t - (task.ready_s ?? task.submitted_s));
  if (task.kind === "call") return `Waits for its turn at the actor for ${since}.`;
  const inputs = task.inputs.length > 0 ? "All its inputs are there; it" : "It";
  return `${inputs} waits for a free CPU for ${since}.`;
}

function blockedStory(store: RunStore, task: TaskRow, t: number): string {
  const waits = [...store.waits.values()].filter((w) => w.task === task.id && w.start_s <= t);
  const open = waits.find((w) => w.end_s === null || t < w.end_s);
  const names = open?.objects.map((id) => objectLabel(store, id)) ?? [];
  const forWhat = names.length > 0 ? ` for ${listing(names)}` : "";
  return `Waits inside ${open?.kind ?? "get"}${forWhat}. Its CPU is lent until the value is there.`;
}

function afterLine(task: TaskRow): string {
  const waited = inLine(task);
  return waited === null || waited < 0.01 ? "" : `, after ${duration(waited)} in line`;
}

/** "add-5 running, 4 queued": what an actor has to do at t, from full to short. */
export function mailboxOf(store: RunStore, creation: TaskRow, t: number): string[] {
  let running = "";
  let queued = 0;
  let done = 0;
  for (const task of store.tasks.values()) {
    if (task.kind !== "call" || task.actor !== creation.actor) continue;
    const state = stateAt(task, t);
    if (state === "running" || state === "blocked") running = task.label.split(".").at(-1) ?? task.label;
    if (state === "queued" || state === "needs input") queued += 1;
    if (state === "done") done += 1;
  }
  const parts = [running && `${running} running`, queued > 0 && `${queued} queued`].filter(Boolean);
  if (parts.length === 0) return done > 0 ? [`${done} done`] : [];
  return [parts.join(", "), queued > 0 ? `${queued} queued` : running];
}

/** "cell [7], line 4" */
export function sourceOf(row: { cell: string; line: number }): string {
  const cell = row.cell === "" ? "" : `cell ${row.cell}`;
  return [cell, row.line > 0 ? `line ${row.line}` : ""].filter(Boolean).join(", ");
}
