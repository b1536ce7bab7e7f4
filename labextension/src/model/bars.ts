// The bars of the timeline, per worker and by start; they grow with the rows. Times lie in
// columns of numbers, so that a lane of 50,000 bars is drawn without looking at its rows.

import type { Attempt, TaskRow } from "./rows.ts";
import { overSince } from "./state.ts";

/** One attempt of a task. */
export class Bar {
  constructor(
    readonly task: TaskRow,
    readonly number: number,
  ) {}

  get attempt(): Attempt {
    return this.task.attempts[this.number] as Attempt;
  }

  /** the task's last attempt tells its end */
  get isLast(): boolean {
    return this.number === this.task.attempts.length - 1;
  }
}

export class LaneBars {
  /** by start */
  readonly list: Bar[] = [];
  from = new Float64Array(64);
  /** Infinity while it runs */
  to = new Float64Array(64);

  add(bar: Bar, from: number, to: number): void {
    if (this.list.length === this.from.length) {
      this.from = wider(this.from);
      this.to = wider(this.to);
    }
    let at = this.list.length;
    while (at > 0 && (this.from[at - 1] as number) > from) at -= 1;
    this.from.copyWithin(at + 1, at, this.list.length);
    this.to.copyWithin(at + 1, at, this.list.length);
    this.list.splice(at, 0, bar);
    this.from[at] = from;
    this.to[at] = to;
  }

  /** The place of the last bar that begins at or before t, -1 before the first. */
  before(t: number): number {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.from[middle] as number) <= t) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Note that a bar has other times now. */
  change(bar: Bar, was: number, from: number, to: number): void {
    for (let at = this.before(was); at >= 0 && (this.from[at] as number) >= was; at -= 1) {
      if (this.list[at] !== bar) continue;
      if (was === from) {
        this.to[at] = to;
        return;
      }
      this.from.copyWithin(at, at + 1, this.list.length);
      this.to.copyWithin(at, at + 1, this.list.length);
      this.list.splice(at, 1);
      this.add(bar, from, to);
      return;
    }
  }
}

function wider(old: Float64Array): Float64Array<ArrayBuffer> {
  const made = new Float64Array(old.length * 2);
  made.set(old);
  return made;
}

interface Known {
  bar: Bar;
  worker: number;
  from: number;
}

export class Bars {
  readonly lanes = new Map<number, LaneBars>();
  private readonly known = new Map<number, Known[]>();

  clear(): void {
    this.lanes.clear();
    this.known.clear();
  }

  /** Take a task that is new or has changed. */
  put(task: TaskRow): void {
    if (task.kind === "creation" || task.attempts.length === 0) return;
    const known = this.known.get(task.id) ?? [];
    if (known.length === 0) this.known.set(task.id, known);
    task.attempts.forEach((attempt, i) => {
      const to = attempt.end_s ?? (i === task.attempts.length - 1 ? overSince(task) : null) ?? Infinity;
      const old = known[i];
      if (old !== undefined && old.worker === attempt.worker) {
        this.lanes.get(old.worker)?.change(old.bar, old.from, attempt.start_s, to);
        old.from = attempt.start_s;
        return;
      }
      if (old !== undefined) this.lanes.get(old.worker)?.change(old.bar, old.from, Infinity, Infinity);
      const bar = new Bar(task, i);
      const lane = this.lanes.get(attempt.worker) ?? new LaneBars();
      this.lanes.set(attempt.worker, lane);
      lane.add(bar, attempt.start_s, to);
      known[i] = { bar, worker: attempt.worker, from: attempt.start_s };
    });
  }
}
