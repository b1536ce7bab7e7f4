// What happened to nodes, workers and actors, each in one sentence: copies, processes that
// died and came back, pauses.

import { bytes, duration } from "../layout/axis.ts";
import type { Moment } from "./moments.ts";
import type { TaskRow } from "./rows.ts";
import { stateAt } from "./state.ts";
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
export function whyFirst(store: RunStore, task: TaskRow): string {
  const began = task.attempts[0]?.start_s;
  if (began === undefined || task.kind !== "task") return "";
  const since = (one: TaskRow): number => one.ready_s ?? one.submitted_s;
  const inLine = store.columns.rows.filter((one) =>
    one !== task && one.kind === "task" && one.submitted_s < began && stateAt(one, began - 1e-7) === "queued");
  return inLine.length > 0 && inLine.every((one) => since(one) >= since(task)) ? ": it was the oldest ready task" : "";
}
