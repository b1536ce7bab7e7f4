// The runs that the dev page shows.

import type { ObjectRow, TaskRow, WorkerRow } from "../src/model/rows.ts";
import { NO_RUN } from "../src/model/store.ts";
import { node, task } from "./run.ts";
import type { Story } from "./run.ts";

const T0 = 2;
const at = (t: number): number => T0 + t;
type Runs = [number, number, number, string?][];
const t = (id: number, label: string, sub: number, ready: number | null, inputs: string[], runs: Runs, more: Partial<TaskRow> = {}): TaskRow =>
  task(id, label, at(sub), ready === null ? null : at(ready), inputs, runs.map(([w, a, z, o]) => [w, at(a), at(z), o]), more);

const worker = (id: number, node: string, requested: number, started: number, more: Partial<WorkerRow> = {}): WorkerRow => ({
  id, label: `worker ${id}`, node, kind: "pool", requested_s: requested, actor: null, pid: 4000 + id,
  started_s: started, ended_s: null, reason: "", ...more,
});

const value = (id: string, label: string, taskId: number | null, created: number | null, node: string, more: Partial<ObjectRow> = {}): ObjectRow => ({
  id, label, task: taskId, cell: "[7]", line: 1, created_s: created === null ? null : at(created), size_bytes: 8_100_000,
  shared: true, copies: created === null ? [] : [[node, at(created)]], released_s: null, ...more,
});

const SOURCE = `words = rayteach.put(vocabulary)
raw = load.remote("reviews")
progress = Progress.remote()
parts = [parse.remote(raw, words, i) for i in range(6)]
total = tree_reduce(reduce, parts)
ready, rest = rayteach.wait(parts, num_returns=3, timeout=800)`;

const PARSE = { source: "parts = [parse.remote(raw, words, i) for i in range(6)]" };
const parse = (n: number, runs: Runs, more: Partial<TaskRow> = {}): TaskRow =>
  t(10 + n, `parse-${n}`, 0.14, 0.46, ["2.0", "1.0"], runs, { ...PARSE, ...more });
const reduce = (n: number, a: string, b: string, ready: number | null, runs: Runs, more: Partial<TaskRow> = {}): TaskRow =>
  t(20 + n, `reduce-${n}`, 0.15, ready, [a, b], runs, { line: 5, source: "total = tree_reduce(reduce, parts)", ...more });
const call = (n: number, sub: number, a: number, z: number, parent: number | null): TaskRow =>
  t(30 + n, `Progress-1.add-${n}`, sub, sub, [], [[5, a, z]], { kind: "call", actor: 3, parent, line: 3, function: "Progress.add", source: "progress.add.remote(1)" });

const CANNOT = { end: "cannot run", end_s: at(1.02), cause: 13, attempts: [] };

/** Word count: a diamond, an actor, blocked, failed and stuck tasks, a wait with a timeout. */
export const wordCount: Story = {
  run: { ...NO_RUN, id: 12, cell: "[7]", execution: 3, start_s: at(0), end_s: at(2.66), outcome: "done", source: SOURCE, critical: [], why_not_faster: "" },
  nodes: [node("A", 4)],
  workers: [
    worker(1, "A", at(0.01), at(0.11)), worker(2, "A", at(0.01), at(0.16)), worker(3, "A", at(0.02), at(0.18)),
    worker(4, "A", at(0.8), at(0.9)),
    worker(5, "A", at(0.13), at(0.3), { kind: "actor", actor: 3, label: "Progress-1" }),
  ],
  tasks: [
    t(2, "load-1", 0.1, 0.1, [], [[1, 0.12, 0.46]], { line: 2, source: 'raw = load.remote("reviews")' }),
    t(3, "Progress-1", 0.12, 0.12, [], [[5, 0.3, 0.31]], { kind: "creation", actor: 3, function: "Progress", line: 3, source: "progress = Progress.remote()" }),
    parse(1, [[1, 0.48, 1.56]], { blocked: [[at(0.8), at(1.36)]] }),
    parse(2, [[2, 0.48, 1.18]]),
    parse(3, [[3, 0.48, 0.7, "lost"], [3, 0.74, 1.02, "failed"]], { end: "failed", error: "ValueError: row 9141 has 11 fields, expected 12", error_line: 9 }),
    parse(4, [[4, 0.9, 1.34]]),
    parse(5, [[2, 1.2, 1.72]], { story: "" }),
    parse(6, [[3, 1.04, 1.44]]),
    reduce(1, "11.0", "12.0", 1.56, [[1, 1.58, 1.86]]),
    reduce(2, "13.0", "14.0", null, [], CANNOT),
    reduce(3, "15.0", "16.0", 1.72, [[2, 1.74, 2.3]]),
    reduce(4, "21.0", "22.0", null, [], CANNOT),
    reduce(5, "24.0", "23.0", null, [], CANNOT),
    t(29, "report-1", 0.16, null, ["23.0"], [], { line: 6, end: "cancelled", end_s: at(1.1), attempts: [] }),
    call(1, 0.62, 0.62, 0.74, 12), call(2, 0.7, 0.74, 0.86, 13), call(3, 0.84, 0.86, 0.98, 12),
    call(4, 0.94, 0.98, 1.1, 13), call(5, 1.0, 1.1, 1.22, 14), call(6, 1.06, 1.22, 1.34, 14),
    call(7, 1.1, 1.34, 1.46, 15),
  ],
  objects: [
    value("1.0", "put-1", null, 0.04, "A", { size_bytes: 24_000_000 }),
    value("2.0", "load-1", 2, 0.46, "A"),
    value("11.0", "parse-1", 11, 1.56, "A"), value("12.0", "parse-2", 12, 1.18, "A"),
    value("14.0", "parse-4", 14, 1.34, "A"), value("15.0", "parse-5", 15, 1.72, "A"),
    value("16.0", "parse-6", 16, 1.44, "A"), value("21.0", "reduce-1", 21, 1.86, "A"),
    value("23.0", "reduce-3", 23, 2.3, "A"),
  ],
  actors: [{ id: 3, label: "Progress-1", class_name: "Progress", cell: "[7]", line: 3, submitted_s: at(0.12), name: "", worker: 5, started_s: at(0.31), ended_s: null, reason: "", restarts: [], max_concurrency: 1 }],
  waits: [{
    id: 1, kind: "wait", task: null, cell: "[7]", line: 6, source: SOURCE.split("\n")[5] ?? "", start_s: at(0.72),
    objects: [1, 2, 3, 4, 5, 6].map((n) => `1${n}.0`), num_returns: 3, timeout_s: 0.8, unit: "ms",
    ready_s: [null, at(1.18), at(1.02), at(1.34), null, null], end_s: at(1.34),
    outcome: ["pending", "ready", "ready", "ready", "pending", "pending"], reason: "enough ready",
  }, {
    id: 2, kind: "get", task: 11, cell: "[5]", line: 6, source: "rayteach.get(x)", start_s: at(0.8), objects: ["32.0"],
    num_returns: 1, timeout_s: null, unit: "s", ready_s: [at(1.36)], end_s: at(1.36), outcome: ["ready"], reason: "enough ready",
  }, {
    id: 3, kind: "get", task: null, cell: "[7]", line: 7, source: "rayteach.get(x)", start_s: at(1.4), objects: ["23.0"],
    num_returns: 1, timeout_s: null, unit: "s", ready_s: [at(2.3)], end_s: at(2.3), outcome: ["ready"], reason: "enough ready",
  }],
};

/** Lesson 1: four tasks side by side. */
export const lesson1: Story = {
  ...wordCount,
  run: { ...wordCount.run, execution: 1, cell: "[4]", end_s: at(1.16), outcome: "done" },
  workers: [1, 2, 3, 4].map((n) => worker(n, "A", 0.1, 0.4)),
  tasks: [1, 2, 3, 4].map((n) => t(n, `slow_square-${n}`, 0.01 + n / 1000, 0.01 + n / 1000, [], [[n, 0.03 + n / 500, 1.03 + n / 100]], { cell: "[4]", line: 2, source: "ids = [slow_square.remote(i) for i in range(4)]" })),
  objects: [1, 2, 3, 4].map((n) => value(`${n}.0`, `slow_square-${n}`, n, 1.03 + n / 100, "A")),
  actors: [],
  waits: [{
    id: 1, kind: "get", task: null, cell: "[4]", line: 3, source: "rayteach.get(ids)", start_s: at(0.02), objects: ["1.0", "2.0", "3.0", "4.0"],
    num_returns: 4, timeout_s: null, unit: "s", ready_s: [], end_s: at(1.1), outcome: ["ready", "ready", "ready", "ready"], reason: "enough ready",
  }],
};

export const empty: Story = { ...lesson1, tasks: [], objects: [], waits: [], workers: [] };

/** Many tasks: what does not fit must be said, and the page must stay quick. */
export function many(count: number): Story {
  const tasks = Array.from({ length: count }, (_, i) => {
    const start = 0.05 + Math.floor(i / 4) * 0.004;
    return t(i + 1, `f-${i + 1}`, 0.001 + i * 1e-5, 0.001 + i * 1e-5, [], [[1 + (i % 4), start, start + 0.0035]], { line: 1 });
  });
  return { ...lesson1, run: { ...lesson1.run, end_s: at(0.2 + count * 0.001) }, tasks, objects: [], waits: [] };
}

/** Nested tasks, two nodes, several returns, an object from elsewhere, long names. */
export const nested: Story = {
  ...wordCount,
  run: { ...wordCount.run, cell: "", execution: 0, id: 0, end_s: null, outcome: "" },
  nodes: [node("A", 2), node("B", 64)],
  workers: [worker(1, "A", 0.1, 0.2), worker(2, "A", 0.1, 0.2), worker(3, "B", 0.1, 0.2), worker(4, "B", 0.1, 0.2), worker(6, "B", 0.1, 0.2), worker(7, "B", 0.1, 0.2), worker(8, "B", 0.1, 0.2), worker(9, "B", 0.1, 0.2)],
  tasks: [
    t(1, "quicksort-1", 0.01, 0.01, ["99.0"], [[1, 0.02, 0.9]], { blocked: [[at(0.2), at(0.8)]], num_returns: 2 }),
    t(2, "quicksort-1/quicksort_of_the_left_half-1", 0.15, 0.15, [], [[2, 0.2, 0.5]], { parent: 1 }),
    t(3, "quicksort-1/right-1", 0.16, 0.16, [], [[3, 0.22, 0.7]], { parent: 1 }),
    t(4, "join-1", 0.02, 0.9, ["1.0", "1.1"], [[1, 0.92, 1.5]]),
  ],
  objects: [value("1.0", "quicksort-1", 1, 0.9, "A"), value("1.1", "quicksort-1[1]", 1, 0.9, "A"), value("2.0", "left", 2, 0.5, "A"), value("3.0", "right", 3, 0.7, "B")],
  actors: [], waits: [],
};
