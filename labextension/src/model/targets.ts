// What a fault would hit: what is selected if it can be hit, else the first or the newest.

import type { Scene } from "../views/scene.ts";
import { taskOfKey } from "./graph.ts";
import type { ActorRow, NodeRow, ObjectRow, TaskRow } from "./rows.ts";
import { placeName } from "./story.ts";

export interface Running {
  worker: number;
  label: string;
  /** "worker 2" */
  place: string;
}

/** A task that runs now on a worker of the pool. */
export function runningAt({ store, selected }: Scene): Running | null {
  const chosen = taskOfKey(store, selected);
  const hit = chosen !== null && openWorker(chosen) > 0 ? chosen : (store.columns.rows.find((task) => openWorker(task) > 0) ?? null);
  if (hit === null) return null;
  const worker = openWorker(hit);
  return { worker, label: hit.label, place: placeName(store, worker) };
}

/** The worker of its open attempt, 0 without one. */
function openWorker(task: TaskRow): number {
  const last = task.attempts.at(-1);
  return task.kind === "task" && last !== undefined && last.end_s === null ? last.worker : 0;
}

/** An actor whose process lives. */
export function actorAt({ store, selected }: Scene): ActorRow | null {
  const isAlive = (actor: ActorRow | undefined): boolean => actor !== undefined && actor.started_s !== null && actor.ended_s === null;
  const chosen = store.actors.get(taskOfKey(store, selected)?.actor ?? -1);
  return isAlive(chosen) ? (chosen ?? null) : ([...store.actors.values()].find(isAlive) ?? null);
}

/** A value that lies in a store. */
export function objectAt({ store, selected }: Scene): ObjectRow | null {
  const task = taskOfKey(store, selected);
  const key = selected?.startsWith("o") === true ? selected.slice(1) : task === null ? "" : `${task.id}.0`;
  const chosen = store.objects.get(key);
  if (chosen !== undefined && isStored(chosen)) return chosen;
  return [...store.objects.values()].findLast(isStored) ?? null;
}

function isStored(row: ObjectRow): boolean {
  return row.shared && row.created_s !== null && row.released_s === null && row.copies.length > 0;
}

/** The node of the selected task, else the latest one that lives. */
export function lastNode({ store, selected }: Scene): NodeRow | null {
  const living = [...store.nodes.values()].filter((node) => node.lost_s === null);
  const chosen = taskOfKey(store, selected)?.node;
  return living.find((node) => node.id === chosen) ?? living.at(-1) ?? null;
}
