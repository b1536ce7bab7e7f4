// Made-up runs for the dev page and the tests: rows as the kernel would send them at a
// given moment. Times lie on the session's clock; the run starts at 2 s.

import type { Snapshot, Tables } from "../src/model/messages.ts";
import {
  ACTOR_COLUMNS, ATTEMPT_COLUMNS, NODE_COLUMNS, OBJECT_COLUMNS, TASK_COLUMNS, WAIT_COLUMNS,
  WORKER_COLUMNS,
} from "../src/model/rows.ts";
import type { ActorRow, NodeRow, ObjectRow, RunRow, TaskRow, WaitRow, WorkerRow } from "../src/model/rows.ts";

export interface Story {
  run: RunRow;
  nodes: NodeRow[];
  workers: WorkerRow[];
  tasks: TaskRow[];
  objects: ObjectRow[];
  actors: ActorRow[];
  waits: WaitRow[];
}

/** A node that was never held up. */
export function node(id: string, num_cpus: number, more: Partial<NodeRow> = {}): NodeRow {
  return { id, num_cpus, added_s: 0, lost_s: null, paused: [], slowed: [], per_second: 0, steps: 0, next_words: "", losers: [], received: [], times_slower: 1, ...more };
}

/** A task from its few facts; `runs` are (worker, from, to, outcome). */
export function task(
  id: number,
  label: string,
  submitted: number,
  ready: number | null,
  inputs: string[],
  runs: [number, number, number, string?][],
  more: Partial<TaskRow> = {},
): TaskRow {
  const end = runs.at(-1)?.[2] ?? null;
  const attempts = runs.map(([worker, start_s, end_s, outcome]) => ({
    start_s, end_s, worker, outcome: outcome ?? "done",
  }));
  return {
    id, label, function: label.replace(/-\d+$/, "").split("/").at(-1) ?? label, kind: "task",
    parent: null, actor: null, inputs, cell: "[7]", line: 4, source: "", submitted_s: submitted,
    ready_s: ready, num_cpus: 1, num_returns: 1, attempts, blocked: [], end_s: end,
    end: end === null ? "" : (attempts.at(-1)?.outcome ?? ""), error: "", error_line: 0, cause: null,
    story: "", node: "A", why_there: "", delayed_s: 0, args_bytes: 0, args_like: null, again: "", ...more,
  };
}

/** The rows as they stood at `now`: what came later is not known yet. */
export function known(story: Story, now: number): Story {
  const upTo = (t: number | null): number | null => (t !== null && t <= now ? t : null);
  const tasks = story.tasks.filter((t) => t.submitted_s <= now).map((t) => {
    const isOver = upTo(t.end_s) !== null;
    return {
      ...t,
      ready_s: upTo(t.ready_s),
      attempts: t.attempts.filter((a) => a.start_s <= now).map((a) => ({
        ...a, end_s: upTo(a.end_s), outcome: upTo(a.end_s) === null ? "" : a.outcome,
      })),
      blocked: t.blocked.filter(([from]) => from <= now).map(([from, to]): [number, number | null] => [from, upTo(to)]),
      end_s: upTo(t.end_s), end: isOver ? t.end : "", error: isOver ? t.error : "",
      error_line: isOver ? t.error_line : 0, cause: isOver ? t.cause : null,
    };
  });
  return {
    ...story,
    run: { ...story.run, end_s: upTo(story.run.end_s), outcome: upTo(story.run.end_s) === null ? "" : story.run.outcome },
    tasks,
    nodes: story.nodes.map((n) => ({ ...n, received: n.received.filter((copy) => copy[5] <= now) })),
    workers: story.workers.filter((w) => w.requested_s <= now).map((w) => ({ ...w, started_s: upTo(w.started_s), ended_s: upTo(w.ended_s) })),
    objects: story.objects.filter((o) => tasks.some((t) => t.id === o.task) || upTo(o.created_s) !== null)
      .map((o) => ({ ...o, created_s: upTo(o.created_s), copies: o.copies.filter(([, since]) => since <= now) })),
    actors: story.actors.filter((a) => a.submitted_s <= now),
    waits: story.waits.filter((w) => w.start_s <= now).map((w) => ({
      ...w, end_s: upTo(w.end_s), ready_s: w.ready_s.map(upTo), outcome: upTo(w.end_s) === null ? [] : w.outcome,
    })),
  };
}

export function snapshot(story: Story, now: number, seq = 0, live = true): Snapshot {
  const rows = known(story, now);
  return { type: "snapshot", version: 1, seq, now_s: now, live, controls: ["cancel"], run: rows.run, tables: tables(rows) };
}

function tables(story: Story): Tables {
  return {
    nodes: table(NODE_COLUMNS, story.nodes),
    workers: table(WORKER_COLUMNS, story.workers),
    tasks: table(TASK_COLUMNS, story.tasks),
    objects: table(OBJECT_COLUMNS, story.objects),
    actors: table(ACTOR_COLUMNS, story.actors),
    waits: table(WAIT_COLUMNS, story.waits),
  };
}

export function table<R extends object>(columns: readonly (keyof R & string)[], rows: readonly R[]): { columns: string[]; rows: unknown[][] } {
  return { columns: [...columns], rows: rows.map((row) => columns.map((c) => plain(row, c))) };
}

function plain<R extends object>(row: R, column: keyof R & string): unknown {
  const value: unknown = row[column];
  if (column !== "attempts") return value;
  return (value as Record<string, unknown>[]).map((a) => ATTEMPT_COLUMNS.map((c) => a[c]));
}
