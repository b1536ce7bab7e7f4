// An actor at time t: its mailbox as a line of calls per caller, what runs, what goes next.

import { duration } from "../layout/axis.ts";
import type { ActorRow, TaskRow, WorkerRow } from "./rows.ts";
import { isOver, stateAt } from "./state.ts";
import type { State } from "./state.ts";
import type { RunStore } from "./store.ts";

export interface Queued {
  call: TaskRow;
  state: State;
}

/** The calls of one caller that wait, the one to go first in front. */
export interface Line {
  /** the calling task, null for the cell */
  caller: TaskRow | null;
  name: string;
  calls: Queued[];
  /** one of its calls runs now */
  isServed: boolean;
}

export interface ActorAt {
  actor: ActorRow;
  /** "starting", "alive" or "dead" */
  state: "starting" | "alive" | "dead";
  /** the state in words, with process and reason */
  words: string;
  lines: Line[];
  running: TaskRow[];
  /** the call that goes next over all callers, as far as one can */
  next: TaskRow | null;
  done: number;
  failed: number;
  /** calls that ended well per second of its life, null while there are none */
  rate: number | null;
}

const callsBy = new WeakMap<RunStore, { revision: number; calls: Map<number, TaskRow[]> }>();

/** The calls of each actor in the order in which they were made. */
function callsByActor(store: RunStore): Map<number, TaskRow[]> {
  const known = callsBy.get(store);
  if (known?.revision === store.revision) return known.calls;
  const calls = new Map<number, TaskRow[]>();
  for (const task of store.tasks.values()) {
    if (task.kind !== "call" || task.actor === null) continue;
    const list = calls.get(task.actor);
    if (list === undefined) calls.set(task.actor, [task]);
    else list.push(task);
  }
  for (const list of calls.values()) list.sort((a, b) => a.submitted_s - b.submitted_s);
  callsBy.set(store, { revision: store.revision, calls });
  return calls;
}

/** The calls of one actor in the order in which they were made. */
export const callsOf = (store: RunStore, actor: number): readonly TaskRow[] => callsByActor(store).get(actor) ?? [];

/** All actors that were asked for up to t. */
export function actorsAt(store: RunStore, t: number): ActorAt[] {
  return [...store.actors.values()].filter((a) => a.submitted_s <= t).map((a) => actorAt(store, a, t));
}

function actorAt(store: RunStore, actor: ActorRow, t: number): ActorAt {
  const lines = new Map<number | null, Line>();
  const lineOf = (call: TaskRow): Line => {
    const found = lines.get(call.parent);
    if (found !== undefined) return found;
    const caller = call.parent === null ? null : (store.tasks.get(call.parent) ?? null);
    const line = { caller, name: caller?.label ?? cellOf(call), calls: [], isServed: false };
    lines.set(call.parent, line);
    return line;
  };
  const running: TaskRow[] = [];
  let done = 0;
  let failed = 0;
  for (const call of callsByActor(store).get(actor.id) ?? []) {
    const state = stateAt(call, t);
    if (state === null) continue;
    if (state === "done") done += 1;
    else if (isOver(state)) failed += 1;
    else if (state === "running" || state === "blocked") {
      running.push(call);
      lineOf(call).isServed = true;
    } else lineOf(call).calls.push({ call, state });
  }
  const state = stateOf(actor, t);
  const all = [...lines.values()];
  const life = actor.started_s === null ? 0 : Math.min(t, actor.ended_s ?? t) - actor.started_s;
  return {
    actor, state, words: wordsOf(store, actor, state, t), lines: all, running, done, failed,
    next: state === "alive" ? nextOf(all) : null,
    rate: done > 0 && life > 0 ? done / life : null,
  };
}

const cellOf = (call: TaskRow): string => (call.cell === "" ? "your code" : `cell ${call.cell}`);

function stateOf(actor: ActorRow, t: number): ActorAt["state"] {
  if (actor.ended_s !== null && actor.ended_s <= t) return "dead";
  return actor.started_s !== null && actor.started_s <= t ? "alive" : "starting";
}

/** Of the calls in front, the one that was made first among those that can go. */
function nextOf(lines: Line[]): TaskRow | null {
  const heads = lines.flatMap((line) => line.calls[0] ?? []).filter((q) => q.state === "queued");
  heads.sort((a, b) => a.call.submitted_s - b.call.submitted_s);
  return heads[0]?.call ?? null;
}

function wordsOf(store: RunStore, actor: ActorRow, state: ActorAt["state"], t: number): string {
  if (state === "starting") return "waits for its process to start";
  if (isRestarting(actor, t)) return "its process died: it is being restarted";
  const again = restartsIn(store, actor, t);
  if (state === "dead") return `dead${actor.reason === "" ? "" : `: ${actor.reason}`}${again}`;
  const worker = processAt(store, actor, t);
  if (worker === undefined) return `alive${again}`;
  const node = store.nodes.size > 1 ? ` on node ${worker.node}` : "";
  const slots = actor.max_concurrency > 1 ? `, ${actor.max_concurrency} calls at a time` : "";
  return `alive${node}, process ${worker.pid}${slots}${again}`;
}

/** The process that it has at t: after a restart another one than before. */
function processAt(store: RunStore, actor: ActorRow, t: number): WorkerRow | undefined {
  const now = [...store.workers.values()].filter((w) => w.actor === actor.id && w.started_s !== null && w.started_s <= t);
  return now.at(-1) ?? (actor.worker === null ? undefined : store.workers.get(actor.worker));
}

/** Between the death of its process and the next one. */
export function isRestarting({ restarts, ended_s: ended }: ActorRow, t: number): boolean {
  return (ended === null || ended > t) && restarts.some(([from, to]) => from <= t && (to === null || t < to));
}

/** ", restarted twice, last at 1.20 s": it lost its state each time. */
function restartsIn(store: RunStore, { restarts }: ActorRow, t: number): string {
  const all = restarts.filter(([from]) => from <= t);
  const last = all.at(-1);
  if (last === undefined) return "";
  const often = all.length === 1 ? "once" : all.length === 2 ? "twice" : `${all.length} times`;
  return `, restarted ${often}, last at ${duration(last[0] - store.run.start_s)}`;
}

/** "4 done, 4.4 a second" */
export function workOf({ done, failed, rate }: ActorAt): string {
  const parts = [`${done.toLocaleString("en")} done`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (rate !== null && done > 1) parts.push(rate >= 1 ? `${rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString("en")} a second` : `one in ${duration(1 / rate)}`);
  return done + failed === 0 ? "" : parts.join(", ");
}
