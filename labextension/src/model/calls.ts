// The calls of `wait` up to a moment, and lengths in their unit.

import { duration } from "../layout/axis.ts";
import type { WaitRow } from "./rows.ts";
import type { RunStore } from "./store.ts";

const calls = new WeakMap<RunStore, { revision: number; waits: WaitRow[] }>();

/** All calls of `wait` that were made up to t, in their order. */
export function waitsUntil(store: RunStore, t: number): WaitRow[] {
  let known = calls.get(store);
  if (known?.revision !== store.revision) {
    const waits = [...store.waits.values()].filter((w) => w.kind === "wait");
    known = { revision: store.revision, waits: waits.sort((a, b) => a.start_s - b.start_s || a.id - b.id) };
    calls.set(store, known);
  }
  return known.waits.filter((w) => w.start_s <= t);
}

export function isOpenAt(wait: WaitRow, t: number): boolean {
  return wait.end_s === null || t < wait.end_s;
}

/** A length in the unit in which the learner wrote the timeout. */
export function inUnit(wait: WaitRow, seconds: number): string {
  if (wait.unit !== "ms") return duration(seconds);
  return seconds > 0 && seconds < 0.0005 ? "< 1 ms" : `${Math.max(0, Math.round(seconds * 1000))} ms`;
}
