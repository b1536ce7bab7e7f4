// Causes of a blank beyond the scheduler: a copy that was on its way, what the cell did
// meanwhile, an attempt that was lost.

import { duration } from "../layout/axis.ts";
import type { Bar } from "./bars.ts";
import type { Blank } from "./blanks.ts";
import type { TaskRow } from "./rows.ts";
import type { RunStore } from "./store.ts";
import { sizeAndTime, transfersOf } from "./transfers.ts";

/** The part cut where inputs of the task were being copied to its node. */
export function outsideCopies(store: RunStore, node: string, task: TaskRow, part: Blank): Blank[] {
  if ((store.nodes.get(node)?.received ?? []).length === 0) return [part];
  const own = transfersOf(store).filter((one) => one.to === node && one.end > part.from && one.start < part.to &&
    (task.inputs.includes(one.object) || one.object.startsWith(`${task.id}.`)));
  const parts: Blank[] = [];
  let at = part.from;
  for (const one of own) {
    const [begin, end] = [Math.max(at, one.start), Math.min(part.to, one.end)];
    if (end <= begin) continue;
    const why = `${task.label} needs ${one.label} on node ${node}: it was copied from node ${one.from}, ${sizeAndTime(one, Infinity)}.`;
    parts.push({ ...part, from: at, to: begin }, { from: begin, to: end, text: `copy of ${one.label}`, why, isInput: true });
    at = end;
  }
  return [...parts, { ...part, from: at }].filter((one) => one.to > one.from);
}

/** What the cell was doing for most of a time, as a sentence; "" if the rows do not tell. */
export function driverDid(store: RunStore, from: number, to: number): string {
  const middle = (from + to) / 2;
  for (const wait of store.waits.values()) {
    if (wait.task === null && wait.start_s <= middle && (wait.end_s === null || middle < wait.end_s)) {
      return ` The cell was inside ${wait.kind}${wait.line > 0 ? `, line ${wait.line}` : ""}.`;
    }
  }
  const { run } = store;
  if (run.id !== -1 && middle >= run.start_s && (run.end_s === null || middle < run.end_s)) return " The cell ran code of its own.";
  return "";
}

/** When a task that is tried again could not start yet, and why; null for a first attempt. */
export function lostBefore(store: RunStore, { task, number }: Bar): { until: number; why: string } | null {
  const lost = number === 0 ? undefined : task.attempts[number - 1];
  if (lost === undefined || lost.end_s === null) return null;
  const when = duration(lost.end_s - store.run.start_s);
  return { until: lost.end_s, why: `${task.label}, which ran next, ran elsewhere before: that attempt was lost at ${when}.` };
}
