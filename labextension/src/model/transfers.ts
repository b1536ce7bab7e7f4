// What travelled between nodes: every copy of a value, with bytes and times.

import { bytes, duration } from "../layout/axis.ts";
import { producer } from "./state.ts";
import type { RunStore } from "./store.ts";

export interface Transfer {
  object: string;
  label: string;
  from: string;
  to: string;
  size: number;
  start: number;
  end: number;
}

const known = new WeakMap<RunStore, { revision: number; all: Transfer[] }>();

/** All copies by the time at which they began; those that belong to other runs are left out. */
export function transfersOf(store: RunStore): readonly Transfer[] {
  const found = known.get(store);
  if (found?.revision === store.revision) return found.all;
  const all: Transfer[] = [];
  for (const node of store.nodes.values()) {
    for (const [object, label, from, size, start, end] of node.received) {
      if (store.run.id === -1 || store.objects.has(object) || producer(store, object) !== null) {
        all.push({ object, label, from, to: node.id, size, start, end });
      }
    }
  }
  all.sort((a, b) => a.start - b.start);
  known.set(store, { revision: store.revision, all });
  return all;
}

/** The copy of an object that a node got, as far as it began by t. */
export function transferTo(store: RunStore, object: string, node: string, t: number): Transfer | null {
  return transfersOf(store).find((one) => one.object === object && one.to === node && one.start <= t) ?? null;
}

/** "8.1 MB in 12 ms", "8.1 MB, on its way" */
export function sizeAndTime({ size, start, end }: Transfer, t: number): string {
  return end > t ? `${bytes(size)}, on its way` : `${bytes(size)} in ${duration(end - start)}`;
}

/** The whole sentence, for hovering and the table. */
export function tellTransfer(one: Transfer, t: number, runStart: number): string {
  const when = duration(one.start - runStart);
  const rate = one.end > one.start && one.end <= t ? `, ${bytes(one.size / (one.end - one.start))} a second` : "";
  return `${one.label} was copied from node ${one.from} to node ${one.to}: ${sizeAndTime(one, t)}, at ${when}${rate}.`;
}
