// Why a worker ran nothing: the cause of each blank, as far as the rows tell it.

import { duration } from "../layout/axis.ts";
import type { Bar } from "./bars.ts";
import { driverDid, lostBefore, outsideCopies } from "./blank_causes.ts";
import type { Gap, Lane } from "../layout/lanes.ts";
import { missingInputs } from "./lengths.ts";
import type { TaskRow } from "./rows.ts";
import { CALL, CREATION, DONE, NEEDS_INPUT, QUEUED } from "./columns.ts";
import { cpusInUse, objectLabel } from "./state.ts";
import type { RunStore } from "./store.ts";

export interface Blank {
  from: number;
  to: number;
  /** a few words; "" if the rows do not tell */
  text: string;
  /** the whole sentence, for hovering */
  why: string;
  /** an input was on its way */
  isInput?: boolean;
}

/** The gap cut where its cause changes. */
export function blanksOf(store: RunStore, lane: Lane, gap: Gap, head: number): Blank[] {
  const parts = gap.next === undefined ? ending(store, lane, gap, head) : beforeTask(store, lane, gap, gap.next);
  return parts.map((part) => ({ ...part, why: `${idleFor(store, lane, part)}: ${part.why}` }));
}

/** "worker 2 ran nothing for 0.32 s, from 0.16 s to 0.48 s" */
function idleFor(store: RunStore, { worker, slot }: Lane, { from, to }: Blank): string {
  const label = slot === 0 ? worker.label : `slot ${slot + 1} of ${worker.label}`;
  const at = (t: number): string => duration(t - store.run.start_s);
  return `${label} ran nothing for ${duration(to - from)}, from ${at(from)} to ${at(to)}`;
}

/** The gap after the last bar. */
function ending(store: RunStore, lane: Lane, gap: Gap, head: number): Blank[] {
  const { from, to } = gap;
  if (lane.worker.kind === "actor") {
    if (lane.slot > 0) return [{ from, to, text: "", why: "all its calls ran in other slots." }];
    return [{ from, to, text: gap.isFirst ? "no call yet" : "no call", why: "no call was in its mailbox." }];
  }
  const part = { from, to, ...atTheEnd(store, lane, head) };
  return part.text === "" || part.text === "no CPU free" ? outsidePauses(store, lane, part) : [part];
}

const HELD: Readonly<Record<string, string>> = {
  paused: "the session was paused.",
  slowed: "starts were spaced out.",
};

/** The part cut at the pauses of its node: inside of one, that is the cause. */
export function outsidePauses(store: RunStore, lane: Lane, part: Blank): Blank[] {
  const node = store.nodes.get(lane.worker.node);
  const spans = [
    ...(node?.paused ?? []).map(([from, to]) => ({ from, to, text: "paused" })),
    ...(node?.slowed ?? []).map(([from, to]) => ({ from, to, text: "slowed" })),
  ].sort((a, b) => a.from - b.from);
  const parts: Blank[] = [];
  let at = part.from;
  for (const { from, to, text } of spans) {
    const begin = Math.max(at, from);
    const end = Math.min(part.to, to ?? part.to);
    if (end <= begin) continue;
    parts.push({ ...part, from: at, to: begin }, { from: begin, to: end, text, why: HELD[text] ?? "" });
    at = end;
  }
  return [...parts, { ...part, from: at }].filter((one) => one.to > one.from);
}

function beforeTask(store: RunStore, lane: Lane, gap: Gap, next: Bar): Blank[] {
  const { task } = next;
  const clamp = (t: number): number => Math.min(Math.max(t, gap.from), gap.to);
  const submitted = clamp(task.submitted_s);
  const lost = lostBefore(store, next);
  const came = clamp(task.ready_s ?? task.submitted_s);
  const ready = Math.max(came, clamp(lost?.until ?? 0));
  const noun = lane.worker.kind === "actor" ? "call" : "task";
  const parts = [
    { from: gap.from, to: submitted, text: gap.isFirst ? `no ${noun} yet` : `no ${noun}`, why: `${task.label}, which ran next, was not submitted yet.${driverDid(store, gap.from, submitted)}` },
    { from: submitted, to: came, ...needs(store, task, submitted) },
    { from: came, to: ready, text: "no task", why: lost?.why ?? "" },
    ...outsideCopies(store, lane.worker.node, task, { from: ready, to: gap.to, ...inTurn(store, lane, task, ready, gap.to) })
      .flatMap((part) => (part.isInput === true ? [part] : outsidePauses(store, lane, part))),
  ];
  return parts.filter((part) => part.to > part.from);
}

/** All inputs are there: a CPU is missing, or the rows name no cause but handing over. */
function inTurn(store: RunStore, lane: Lane, task: TaskRow, ready: number, start: number): Pick<Blank, "text" | "why"> {
  if (lane.worker.kind === "actor") return { text: "", why: `${task.label} was in its mailbox; starting it took this long.` };
  const found = busy(store, lane, (ready + start) / 2);
  // The kernel's own words on why the task started when it did.
  const story = task.story === "" ? "" : ` ${task.label}: ${task.story}`;
  if (found.text !== "") return { ...found, why: found.why + story };
  return { text: "", why: `${task.label} could start; bringing it here took this long.` };
}

/** "needs load-1": the input that came last. */
function needs(store: RunStore, task: TaskRow, t: number): Pick<Blank, "text" | "why"> {
  const missing = missingInputs(store, task, t);
  const since = (id: string): number => store.objects.get(id)?.created_s ?? Infinity;
  const last = missing.sort((a, b) => since(b) - since(a))[0];
  if (last === undefined) return { text: "", why: `${task.label}, which ran next, waited for its inputs.` };
  const label = objectLabel(store, last);
  const came = since(last) === Infinity ? "" : `, which came at ${duration(since(last) - store.run.start_s)}`;
  const others = missing.length > 1 ? ` and ${missing.length - 1} more` : "";
  return { text: `needs ${label}`, why: `${task.label}, which ran next, needed ${label}${others}${came}.` };
}

function busy(store: RunStore, lane: Lane, t: number): Pick<Blank, "text" | "why"> {
  const cpus = store.nodes.get(lane.worker.node)?.num_cpus ?? Infinity;
  const known = rests.get(store);
  const now = known?.revision === store.revision && known.t === t ? known.inUse : cpusInUse(store, t);
  const inUse = now.get(lane.worker.node) ?? 0;
  if (inUse < cpus) return { text: "", why: "a CPU was free: what was queued was being brought to a worker, or asks for more than was free." };
  return { text: "no CPU free", why: `${cpus === 1 ? "the CPU" : `all ${cpus} CPUs`} of the node ${cpus === 1 ? "was" : "were"} in use by other tasks.` };
}

interface Rest {
  revision: number;
  t: number;
  /** the first task that needs an input */
  waiting: TaskRow | null;
  isQueued: boolean;
  isOpen: boolean;
  inUse: Map<string, number>;
}

const rests = new WeakMap<RunStore, Rest>();

/** What there is still to do at t; every lane asks. */
function restAt(store: RunStore, t: number): Rest {
  const known = rests.get(store);
  if (known?.revision === store.revision && known.t === t) return known;
  const rest: Rest = { revision: store.revision, t, waiting: null, isQueued: false, isOpen: false, inUse: cpusInUse(store, t) };
  const { columns } = store;
  for (let i = 0; i < columns.rows.length; i += 1) {
    const code = columns.at(i, t);
    if (code < 0 || code >= DONE) continue;
    rest.isOpen = true;
    if (code === NEEDS_INPUT) rest.waiting ??= columns.rows[i] as TaskRow;
    if (code === QUEUED && !((columns.flags[i] as number) & (CALL | CREATION))) rest.isQueued = true;
  }
  rests.set(store, rest);
  return rest;
}

function atTheEnd(store: RunStore, lane: Lane, head: number): Pick<Blank, "text" | "why"> {
  const { waiting, isQueued, isOpen } = restAt(store, head);
  if (isQueued) return busy(store, lane, head);
  if (waiting !== null) {
    const missing = missingInputs(store, waiting, head)[0];
    if (missing !== undefined) {
      const text = `${waiting.label} needs ${objectLabel(store, missing)}`;
      return { text, why: `no task may start: ${text}, which does not exist yet.` };
    }
  }
  const isLast = isOpen || store.run.outcome !== "";
  return isLast ? { text: "no task left", why: "every task of this run has started elsewhere or is over." } : { text: "no task", why: `the cell has submitted nothing more.${driverDid(store, head, head)}` };
}
