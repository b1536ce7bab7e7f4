// The objects at time t: how large, where, and what keeps them.

import { duration } from "../layout/axis.ts";
import { objectKey, taskKey } from "./graph.ts";
import type { ObjectRow, TaskRow } from "./rows.ts";
import { isOver, producer, stateAt } from "./state.ts";
import type { RunStore } from "./store.ts";
import { listing } from "./story.ts";

export interface ObjectAt {
  row: ObjectRow;
  /** what a click selects: its task, or the object itself */
  key: string;
  /** "put" or the function that returned it */
  madeBy: string;
  isFreed: boolean;
  /** (node, since) up to t, the first is where it was made */
  copies: [string, number][];
}

const readersOf = new WeakMap<RunStore, { revision: number; readers: Map<string, TaskRow[]> }>();

/** The tasks that take each object. */
function readers(store: RunStore): Map<string, TaskRow[]> {
  const known = readersOf.get(store);
  if (known?.revision === store.revision) return known.readers;
  const found = new Map<string, TaskRow[]>();
  for (const task of store.tasks.values()) {
    for (const id of new Set(task.inputs)) {
      const list = found.get(id);
      if (list === undefined) found.set(id, [task]);
      else list.push(task);
    }
  }
  readersOf.set(store, { revision: store.revision, readers: found });
  return found;
}

/** All values that exist or existed up to t, in order of appearance. */
export function objectsAt(store: RunStore, t: number): ObjectAt[] {
  return [...store.objects.values()].filter((row) => row.created_s !== null && row.created_s <= t).map((row) => objectAt(store, row, t));
}

function objectAt(store: RunStore, row: ObjectRow, t: number): ObjectAt {
  const task = producer(store, row.id);
  const isFreed = row.released_s !== null && row.released_s <= t;
  return {
    row, isFreed,
    key: task === null ? objectKey(row.id) : taskKey(task.id),
    madeBy: row.task === null ? "put" : (task?.function ?? "a task of another cell"),
    copies: isFreed ? [] : copiesAt(row, t),
  };
}

/** Where a value that was spilled lies, among its copies. */
export const DISK = "disk";

/** Its copies on nodes; once it was spilled, none but the one on disk. */
export function copiesAt(row: ObjectRow, t: number): [string, number][] {
  const made = row.copies.filter(([, since]) => since <= t);
  const spilled = made.filter(([place]) => place === DISK);
  return spilled.length > 0 ? spilled : made;
}

/** How many values exist or existed up to t. */
export function countObjects(store: RunStore, t: number): number {
  const { made } = store;
  let count = 0;
  for (let i = 0; i < made.count; i += 1) if ((made.times[i] as number) <= t) count += 1;
  return count;
}

/** Who holds it and how many they are: tasks and waits that still need it; else an ID in somebody's hands. */
export function keptBy(store: RunStore, { row, isFreed }: ObjectAt, t: number): string {
  if (isFreed) return `freed at ${duration((row.released_s ?? t) - store.run.start_s)}`;
  const needing = (readers(store).get(row.id) ?? []).filter((task) => {
    const state = stateAt(task, t);
    return state !== null && !isOver(state);
  });
  const names = needing.map((task) => task.label);
  for (const wait of store.waits.values()) {
    if (wait.start_s <= t && (wait.end_s === null || t < wait.end_s) && wait.objects.includes(row.id)) names.push(wait.kind);
  }
  if (names.length === 0) return "an ID in your code";
  return names.length === 1 ? (names[0] ?? "") : `${names.length}: ${listing(names)}`;
}

/** How many bytes each node's store holds at t, and how many travel inline. */
export function totals(objects: readonly ObjectAt[]): { byNode: Map<string, number>; inline: number } {
  const byNode = new Map<string, number>();
  let inline = 0;
  for (const { row, copies, isFreed } of objects) {
    const size = row.size_bytes ?? 0;
    if (!row.shared && !isFreed) inline += size;
    if (row.shared) for (const [node] of copies) if (node !== DISK) byNode.set(node, (byNode.get(node) ?? 0) + size);
  }
  return { byNode, inline };
}

/** A put from here on is worth a word when the same line makes it again and again. */
const LARGE_BYTES = 1_000_000;
const OFTEN = 3;

/** The lines that put the same number of bytes several times: (line, times, bytes). */
export function repeatedPuts(objects: readonly ObjectAt[]): [string, number, number][] {
  const found = new Map<string, { row: ObjectRow; times: number }>();
  for (const { row } of objects) {
    if (row.task !== null || row.line === 0 || (row.size_bytes ?? 0) < LARGE_BYTES) continue;
    const key = `${row.cell} ${row.line} ${row.size_bytes}`;
    const entry = found.get(key) ?? { row, times: 0 };
    found.set(key, { row, times: entry.times + 1 });
  }
  return [...found.values()].filter(({ times }) => times >= OFTEN)
    .map(({ row, times }) => [`${row.cell === "" ? "" : `cell ${row.cell}, `}line ${row.line}`, times, row.size_bytes ?? 0]);
}
