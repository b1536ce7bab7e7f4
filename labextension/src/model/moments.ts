// Everything that happened in a run, in order, each in one sentence.

import { duration } from "../layout/axis.ts";
import { inLine } from "./lengths.ts";
import { LARGE, alongside, nearestMoment } from "./moments_large.ts";
import { placeMoments, whyFirst } from "./moments_places.ts";
import type { ObjectRow, TaskRow, WaitRow } from "./rows.ts";
import { objectLabel, overSince } from "./state.ts";
import type { RunStore } from "./store.ts";
import { listing, placeName } from "./story.ts";
import { inUnit } from "./calls.ts";

export type Moment = { t: number } & (
  | { kind: "submitted" | "started" | "ended" | "lost" | "blocked" | "resumed"; task: TaskRow }
  | { kind: "called" | "returned"; wait: WaitRow }
  | { kind: "put"; object: ObjectRow }
  | { kind: "told"; words: string }
);

/** A wait below this is not worth a word. */
const AT_ONCE_S = 0.01;
/** Things of one kind within this are told together. */
const TOGETHER_S = 0.002;

const known = new WeakMap<RunStore, { revision: number; moments: Moment[] }>();

/** All moments of the run as it is known, by time; kept until the rows change. */
export function momentsOf(store: RunStore): readonly Moment[] {
  const found = known.get(store);
  if (found?.revision === store.revision) return found.moments;
  const moments: Moment[] = [];
  for (const task of store.tasks.values()) addTask(moments, task);
  for (const wait of store.waits.values()) {
    moments.push({ t: wait.start_s, kind: "called", wait });
    if (wait.end_s !== null) moments.push({ t: wait.end_s, kind: "returned", wait });
  }
  for (const object of store.objects.values()) {
    if (object.task === null && object.created_s !== null) moments.push({ t: object.created_s, kind: "put", object });
  }
  moments.push(...placeMoments(store));
  const sorted = moments.filter((m) => m.t >= store.run.start_s).sort((a, b) => a.t - b.t);
  known.set(store, { revision: store.revision, moments: sorted });
  return sorted;
}

function addTask(moments: Moment[], task: TaskRow): void {
  const add = (t: number | null, kind: "submitted" | "started" | "ended" | "lost" | "blocked" | "resumed"): void => {
    if (t !== null) moments.push({ t, kind, task });
  };
  add(task.submitted_s, "submitted");
  for (const attempt of task.attempts) {
    add(attempt.start_s, "started");
    if (attempt.outcome === "lost") add(attempt.end_s, "lost");
  }
  for (const [from, to] of task.blocked) {
    add(from, "blocked");
    if (to !== null && to < (overSince(task) ?? Infinity)) add(to, "resumed");
  }
  add(overSince(task), "ended");
}

/** The place of the last moment at or before t, -1 before the first. */
export function lastBefore(moments: readonly Moment[], t: number): number {
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle]?.t ?? Infinity) <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** What happened at t or last before it: when, and in words. */
export function sentenceAt(store: RunStore, t: number): { t: number; words: string } | null {
  if (store.tasks.size > LARGE) return largeSentence(store, t);
  const moments = momentsOf(store);
  const at = lastBefore(moments, t);
  const last = moments[at];
  if (last === undefined) return null;
  return { t: last.t, words: "task" in last ? taskWords(store, together(moments, at)) : otherWords(store, last) };
}

const told = new WeakMap<RunStore, { revision: number; t: number; sentence: { t: number; words: string } | null }>();

function largeSentence(store: RunStore, t: number): { t: number; words: string } | null {
  const known = told.get(store);
  if (known?.revision === store.revision && known.t === t) return known.sentence;
  const last = nearestMoment(store, t, false);
  const sentence = last === null ? null : {
    t: last.t,
    words: "task" in last ? taskWords(store, { kind: last.kind, tasks: alongside(store, last, TOGETHER_S) }) : otherWords(store, last),
  };
  told.set(store, { revision: store.revision, t, sentence });
  return sentence;
}

/** The moment before or after t at which something happened, null if there is none. */
export function neighbourMoment(store: RunStore, t: number, isLater: boolean): number | null {
  const eps = 1e-7;
  if (store.tasks.size > LARGE) return nearestMoment(store, isLater ? t + eps : t - eps, isLater)?.t ?? null;
  const moments = momentsOf(store);
  if (isLater) return moments[lastBefore(moments, t + eps) + 1]?.t ?? null;
  return moments[lastBefore(moments, t - eps)]?.t ?? null;
}

/** The tasks to which the same happened at this moment. */
function together(moments: readonly Moment[], at: number): { kind: Moment["kind"]; tasks: TaskRow[] } {
  const last = moments[at] as Moment & { task: TaskRow };
  const tasks: TaskRow[] = [];
  for (let i = at; i >= 0; i -= 1) {
    const one = moments[i];
    if (one === undefined || one.kind !== last.kind || !("task" in one) || last.t - one.t > TOGETHER_S) break;
    if (one.task.parent === last.task.parent && one.task.end === last.task.end) tasks.unshift(one.task);
  }
  return { kind: last.kind, tasks };
}

function taskWords(store: RunStore, { kind, tasks }: { kind: Moment["kind"]; tasks: TaskRow[] }): string {
  const [task] = tasks;
  if (task === undefined) return "";
  const names = listing(tasks.map((one) => one.label));
  const isOne = tasks.length === 1;
  switch (kind) {
    case "submitted":
      return `${task.parent === null ? "the cell" : (store.tasks.get(task.parent)?.label ?? "a task")} ${task.kind === "call" ? "calls" : "submits"} ${names}`;
    case "started":
      return isOne ? `${names} starts${whereTo(store, task)}${startReason(store, task)}` : `${names} start`;
    case "lost":
      return `${names}: the attempt is lost, another follows`;
    case "blocked":
      return `${names} ${isOne ? "blocks in get: its CPU is" : "block in get: their CPUs are"} lent`;
    case "resumed":
      return `${names} ${isOne ? "has what it waited for, and its" : "have what they waited for, and their"} CPU again`;
    default:
      return endWords(task, names, isOne);
  }
}

/** A call's label names its actor, and that is its place. */
function whereTo(store: RunStore, task: TaskRow): string {
  return task.kind === "task" ? ` on ${placeName(store, task.attempts.at(-1)?.worker ?? 0)}` : "";
}

function endWords(task: TaskRow, names: string, isOne: boolean): string {
  if (task.end === "failed") return `${names} ${isOne ? `fails: ${task.error}` : "fail"}`;
  if (task.end === "cannot run") return `${names} will never run: an input is lost`;
  if (task.end === "cancelled") return `${names} ${isOne ? "is" : "are"} cancelled`;
  return `${names} ${isOne ? "is" : "are"} done`;
}

function startReason(store: RunStore, task: TaskRow): string {
  const waited = inLine(task) ?? 0;
  if (task.attempts.length > 1) return ": an earlier attempt was lost";
  if (waited >= AT_ONCE_S) return `, after ${duration(waited)} in line${whyFirst(store, task)}`;
  const since = (id: string): number => store.objects.get(id)?.created_s ?? 0;
  const last = [...task.inputs].sort((a, b) => since(b) - since(a))[0];
  if (last === undefined || (task.ready_s ?? 0) - task.submitted_s < AT_ONCE_S) return task.kind === "call" ? ": no other call is before it" : ": a CPU is free";
  return `: ${task.inputs.length > 1 ? "its last input" : "its input"}, ${objectLabel(store, last)}, is there`;
}

function otherWords(store: RunStore, moment: Moment): string {
  if (moment.kind === "told") return moment.words;
  if (moment.kind === "put") return `the cell puts ${moment.object.label}`;
  if (!("wait" in moment)) return "";
  const { wait, kind } = moment;
  const caller = wait.task === null ? "the cell" : (store.tasks.get(wait.task)?.label ?? "a task");
  return kind === "called" ? callWords(store, wait, caller) : returnWords(store, wait, caller);
}

function callWords(store: RunStore, wait: WaitRow, caller: string): string {
  const [only] = wait.objects;
  const count = wait.objects.length;
  const what = count === 1 && only !== undefined ? objectLabel(store, only) : `${count} IDs`;
  if (wait.kind === "get") return `${caller} calls get for ${what}`;
  const limit = wait.timeout_s === null ? "" : `, at most ${inUnit(wait, wait.timeout_s)}`;
  return `${caller} calls wait for ${wait.num_returns} of ${what}${limit}`;
}

function returnWords(store: RunStore, wait: WaitRow, caller: string): string {
  if (wait.kind === "get") return wait.reason === "enough ready" ? `get returns to ${caller}` : `get ends: ${wait.reason}`;
  const held = wait.objects.filter((_, i) => wait.outcome[i] === "held").map((id) => objectLabel(store, id));
  const ready = wait.outcome.filter((o) => o === "ready").length;
  const why = wait.reason === "timeout" ? " at its timeout" : "";
  return `wait returns ${ready} ${ready === 1 ? "ID" : "IDs"} as ready${why}${held.length > 0 ? ` and holds ${listing(held)} back` : ""}`;
}

