// What happened to nodes, workers and actors, each in one sentence: copies, processes that
// died and came back, pauses.

import { bytes, duration } from "../layout/axis.ts";
import { CALL, CREATION, QUEUED } from "./columns.ts";
import type { Moment } from "./moments.ts";
import type { TaskRow } from "./rows.ts";
import type { RunStore } from "./store.ts";
import { transfersOf } from "./transfers.ts";

export function placeMoments(store: RunStore): Moment[] {
  const found: Moment[] = [];
  const tell = (t: number | null, words: string): void => {
    if (t !== null) found.push({ t, kind: "told", words });
  };
  for (const one of transfersOf(store)) {
    tell(one.start, `a copy of ${one.label} sets out from node ${one.from} to node ${one.to}: ${bytes(one.size)}`);
    tell(one.end, `node ${one.to} has a copy of ${one.label}, after ${duration(one.end - one.start)}`);
  }
  for (const actor of store.actors.values()) {
    for (const [died, back] of actor.restarts) {
      tell(died, `the process of ${actor.label} dies: it is started again, without what it kept`);
      tell(back, `${actor.label} is back: its constructor has run again`);
    }
    if (actor.ended_s !== null) tell(actor.ended_s, `${actor.label} ends${actor.reason === "" ? "" : `: ${actor.reason}`}`);
  }
  // All nodes are held up together.
  const [node] = store.nodes.values();
  for (const [from, to] of node?.paused ?? []) {
    tell(from, "the session is paused: nothing starts but steps");
    tell(to, "the session goes on");
  }
  for (const one of store.nodes.values()) if (one.lost_s !== null) tell(one.lost_s, `node ${one.id} is gone, with what its store held`);
  return found;
}

/** ": it was the oldest ready task", if others stood in line too when it started, none for longer. */
export function whyFirst({ columns }: RunStore, task: TaskRow): string {
  const began = task.attempts[0]?.start_s;
  if (began === undefined || task.kind !== "task") return "";
  const since = task.ready_s ?? task.submitted_s;
  let others = 0;
  for (let i = 0; i < columns.rows.length; i += 1) {
    if ((columns.submitted[i] as number) >= began || (columns.flags[i] as number) & (CALL | CREATION)) continue;
    if (columns.at(i, began - 1e-7) !== QUEUED || columns.rows[i] === task) continue;
    if (Math.max(columns.submitted[i] as number, columns.ready[i] as number) < since) return "";
    others += 1;
  }
  return others > 0 ? ": it was the oldest ready task" : "";
}
