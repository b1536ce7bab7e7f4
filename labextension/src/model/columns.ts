// The tasks of a run as columns of numbers, kept beside their rows: what asks all tasks at
// once (counts, CPUs, errors, the track) walks these, so that 100,000 tasks cost it a
// millisecond and not a frame.

import type { TaskRow } from "./rows.ts";
import { overSince, stateAt } from "./state.ts";
import { STATES } from "./states.ts";

/** Place of a state in STATES. */
export type Code = number;

export const RUNNING: Code = STATES.indexOf("running");
export const BLOCKED: Code = STATES.indexOf("blocked");
export const QUEUED: Code = STATES.indexOf("queued");
export const NEEDS_INPUT: Code = STATES.indexOf("needs input");
export const DONE: Code = STATES.indexOf("done");
export const FAILED: Code = STATES.indexOf("failed");
export const CANNOT_RUN: Code = STATES.indexOf("cannot run");

/** Blocked, tried several times, or between attempts: only its row tells its state. */
export const IRREGULAR = 1;
export const CREATION = 2;
export const CALL = 4;
export const CHILD = 8;

const FIRST_ROOM = 256;

export class Columns {
  /** in order of appearance */
  rows: TaskRow[] = [];
  submitted = new Float64Array(FIRST_ROOM);
  ready = new Float64Array(FIRST_ROOM);
  /** start of the latest attempt, Infinity before the first */
  began = new Float64Array(FIRST_ROOM);
  /** when it was over, Infinity before */
  over = new Float64Array(FIRST_ROOM);
  /** the state it ends in */
  ending = new Uint8Array(FIRST_ROOM);
  flags = new Uint8Array(FIRST_ROOM);
  /** of the latest attempt */
  worker = new Int32Array(FIRST_ROOM);
  /** tasks that have not come to their end */
  unfinished = 0;
  /** the latest time in any row */
  last = 0;
  private readonly placeOf = new Map<number, number>();
  private readonly isDone: boolean[] = [];

  clear(): void {
    this.rows = [];
    this.placeOf.clear();
    this.isDone.length = 0;
    this.unfinished = 0;
    this.last = 0;
  }

  /** Take a row that is new or has changed. */
  put(task: TaskRow): void {
    let at = this.placeOf.get(task.id);
    if (at === undefined) {
      at = this.rows.push(task) - 1;
      this.placeOf.set(task.id, at);
      this.isDone.push(false);
      this.unfinished += 1;
      if (at >= this.submitted.length) this.grow();
    }
    const isDone = task.end_s !== null;
    if (isDone !== this.isDone[at]) {
      this.unfinished += isDone ? -1 : 1;
      this.isDone[at] = isDone;
    }
    this.write(at, task);
  }

  private write(at: number, task: TaskRow): void {
    const latest = task.attempts.at(-1);
    this.submitted[at] = task.submitted_s;
    this.ready[at] = task.ready_s ?? (task.inputs.length === 0 ? -Infinity : Infinity);
    this.began[at] = latest?.start_s ?? Infinity;
    this.over[at] = overSince(task) ?? Infinity;
    this.ending[at] = Math.max(0, (STATES as readonly string[]).indexOf(task.end));
    this.worker[at] = latest?.worker ?? -1;
    const isOdd = task.attempts.length > 1 || task.blocked.length > 0 || (task.end_s === null && latest !== undefined && latest.end_s !== null);
    this.flags[at] = (isOdd ? IRREGULAR : 0) | (task.kind === "creation" ? CREATION : task.kind === "call" ? CALL : 0) | (task.parent === null ? 0 : CHILD);
    this.last = Math.max(this.last, task.submitted_s, task.end_s ?? 0, latest?.end_s ?? 0);
  }

  private grow(): void {
    const room = this.submitted.length * 2;
    const wider = <A extends Float64Array | Uint8Array | Int32Array>(old: A, made: A): A => {
      made.set(old as never);
      return made;
    };
    this.submitted = wider(this.submitted, new Float64Array(room));
    this.ready = wider(this.ready, new Float64Array(room));
    this.began = wider(this.began, new Float64Array(room));
    this.over = wider(this.over, new Float64Array(room));
    this.ending = wider(this.ending, new Uint8Array(room));
    this.flags = wider(this.flags, new Uint8Array(room));
    this.worker = wider(this.worker, new Int32Array(room));
  }

  /** The state at t of the task at a place, -1 before it was submitted. */
  at(place: number, t: number): Code {
    if ((this.flags[place] as number) & IRREGULAR) {
      const state = stateAt(this.rows[place] as TaskRow, t);
      return state === null ? -1 : STATES.indexOf(state);
    }
    if (t < (this.submitted[place] as number)) return -1;
    if (t >= (this.over[place] as number)) return this.ending[place] as number;
    if (t >= (this.began[place] as number)) return RUNNING;
    return t >= (this.ready[place] as number) ? QUEUED : NEEDS_INPUT;
  }

  /** The rows of those in a state at t, in order of appearance. */
  inState(code: Code, t: number): TaskRow[] {
    return this.rows.filter((_, place) => this.at(place, t) === code);
  }
}

/** When each object came to be, in order of appearance; Infinity before. */
export class Times {
  times = new Float64Array(FIRST_ROOM);
  private readonly places = new Map<string, number>();

  get count(): number {
    return this.places.size;
  }

  clear(): void {
    this.places.clear();
  }

  put(id: string, time: number | null): void {
    const at = this.places.get(id) ?? this.places.size;
    this.places.set(id, at);
    if (at >= this.times.length) {
      const wider = new Float64Array(this.times.length * 2);
      wider.set(this.times);
      this.times = wider;
    }
    this.times[at] = time ?? Infinity;
  }
}
