// A session of three cells on two nodes: tasks inside tasks, copies between the nodes, a
// retry, an actor that is restarted, one with three slots, and the same large argument again.

import type { ActorRow, ObjectRow, TaskRow, WaitRow, WorkerRow } from "../src/model/rows.ts";
import { NO_RUN } from "../src/model/store.ts";
import { node, task } from "./run.ts";
import type { Story } from "./run.ts";

type Runs = [number, number, number, string?][];

const worker = (id: number, home: string, from: number, more: Partial<WorkerRow> = {}): WorkerRow => ({
  id, label: `worker ${id}`, node: home, kind: "pool", requested_s: from, actor: null, pid: 4000 + id, started_s: from + 0.1, ended_s: null, reason: "", ...more,
});
const t = (id: number, label: string, cell: string, line: number, sub: number, ready: number, inputs: string[], runs: Runs, more: Partial<TaskRow> = {}): TaskRow =>
  task(id, label, sub, ready, inputs, runs, { cell, line, node: runs.length > 0 && (runs.at(-1)?.[0] ?? 0) % 2 === 0 ? "B" : "A", ...more });
const value = (id: string, label: string, maker: number | null, cell: string, size: number, copies: [string, number][], more: Partial<ObjectRow> = {}): ObjectRow => ({
  id, label, task: maker, cell, line: 1, created_s: copies[0]?.[1] ?? null, size_bytes: size, shared: size > 100_000, copies, released_s: null, ...more,
});

/** A quicksort of depth two: each call submits two more and waits for them. */
const sorts: TaskRow[] = [
  t(20, "sort-1", "[2]", 2, 1.0, 1.0, ["1.0"], [[1, 1.02, 2.0]], { blocked: [[1.1, 1.9]] }),
  t(21, "sort-1/sort-1", "[2]", 7, 1.06, 1.06, [], [[2, 1.1, 1.8]], { parent: 20, blocked: [[1.2, 1.7]] }),
  t(22, "sort-1/sort-2", "[2]", 8, 1.07, 1.07, [], [[1, 1.12, 1.75]], { parent: 20, blocked: [[1.2, 1.6]] }),
  t(23, "sort-1/sort-1/sort-1", "[2]", 7, 1.15, 1.15, [], [[2, 1.22, 1.5]], { parent: 21 }),
  t(24, "sort-1/sort-1/sort-2", "[2]", 8, 1.16, 1.16, [], [[4, 1.22, 1.65]], { parent: 21 }),
  t(25, "sort-1/sort-2/sort-1", "[2]", 7, 1.16, 1.16, [], [[1, 1.22, 1.55]], { parent: 22 }),
  t(26, "sort-1/sort-2/sort-2", "[2]", 8, 1.17, 1.17, [], [[3, 1.24, 1.5]], { parent: 22 }),
  t(27, "show-1", "[2]", 3, 1.02, 2.0, ["20.0"], [[2, 2.05, 2.2]]),
];

const parse = (n: number, runs: Runs, more: Partial<TaskRow> = {}): TaskRow => t(10 + n, `parse-${n}`, "[1]", 3, 0.2, 0.4, ["1.0", "2.0"], runs, more);
const call = (id: number, label: string, actor: number, sub: number, runs: Runs, more: Partial<TaskRow> = {}): TaskRow =>
  t(id, label, "[3]", 3, sub, sub, [], runs, { kind: "call", actor, function: label.replace(/-\d+$/, ""), num_cpus: 0, ...more });

const LOST: [number, number | null][] = [[2.62, 2.8]];
const actor = (id: number, label: string, process: number, more: Partial<ActorRow> = {}): ActorRow => ({
  id, label, class_name: label.split("-")[0] ?? label, cell: "[3]", line: 1, submitted_s: 2.3, name: "", worker: process, started_s: 2.42, ended_s: null, reason: "", restarts: [], max_concurrency: 1, ...more,
});

const wait = (id: number, cell: string, from: number, end: number, objects: string[]): WaitRow => ({
  id, kind: "get", task: null, cell, line: 4, source: "ray.get(ids)", start_s: from, objects, num_returns: objects.length, timeout_s: null, unit: "s",
  ready_s: objects.map(() => end), end_s: end, outcome: objects.map(() => "ready"), reason: "enough ready",
});

const shipped = (n: number): TaskRow =>
  t(50 + n, `fit-${n}`, "[3]", 5, 2.3 + n / 100, 2.3, [], [[n % 2 === 0 ? 2 : 1, 2.4 + n / 10, 2.48 + n / 10]], { args_bytes: 24_000_000, args_like: n === 1 ? null : 51 });

export const session: Story = {
  run: { ...NO_RUN, id: -1, start_s: 0, end_s: null },
  nodes: [
    node("A", 2), node("B", 2, { received: [["2.0", "put-1", "A", 24_000_000, 0.4, 0.43], ["1.0", "load-1", "A", 96_000_000, 0.4, 0.52], ["20.0", "sort-1", "A", 8_000_000, 2.02, 2.04]] }),
  ],
  workers: [
    worker(1, "A", 0), worker(3, "A", 0), worker(2, "B", 0), worker(4, "B", 0),
    worker(5, "A", 2.32, { kind: "actor", actor: 30, label: "Counter-1", ended_s: 2.62, reason: "exited with code 1" }),
    worker(6, "A", 2.64, { kind: "actor", actor: 30, label: "Counter-1" }), worker(7, "A", 2.32, { kind: "actor", actor: 31, label: "Pool-1" }),
  ],
  tasks: [
    t(1, "load-1", "[1]", 2, 0.1, 0.1, [], [[1, 0.12, 0.4]]),
    parse(1, [[1, 0.42, 0.7]]), parse(2, [[2, 0.54, 0.8]]), parse(3, [[3, 0.42, 0.6, "lost"], [3, 0.68, 0.9]]), parse(4, [[4, 0.54, 0.85]]),
    ...sorts,
    t(30, "Counter-1", "[3]", 1, 2.3, 2.3, [], [[5, 2.42, 2.43]], { kind: "creation", actor: 30, function: "Counter" }),
    t(31, "Pool-1", "[3]", 2, 2.31, 2.31, [], [[7, 2.42, 2.43]], { kind: "creation", actor: 31, function: "Pool" }),
    call(32, "Counter-1.add-1", 30, 2.35, [[5, 2.44, 2.54]]), call(33, "Counter-1.add-2", 30, 2.36, [[5, 2.54, 2.62, "failed"]], { end: "failed", error: "ActorUnavailableError: its process died" }),
    call(34, "Counter-1.add-3", 30, 2.66, [[6, 2.82, 2.92]]), call(35, "Counter-1.add-4", 30, 2.67, [[6, 2.92, 3.05]]),
    ...[1, 2, 3, 4, 5].map((n) => call(40 + n, `Pool-1.work-${n}`, 31, 2.36, [[7, n < 4 ? 2.44 + n / 50 : 2.7 + n / 50, n < 4 ? 2.7 + n / 50 : 3.1]])),
    ...[1, 2, 3, 4].map(shipped),
  ],
  objects: [
    value("2.0", "put-1", null, "[1]", 24_000_000, [["A", 0.08], ["B", 0.43]]), value("1.0", "load-1", 1, "[1]", 96_000_000, [["A", 0.4], ["B", 0.52]]),
    ...[1, 2, 3, 4].map((n) => value(`1${n}.0`, `parse-${n}`, 10 + n, "[1]", 900, [[n % 2 === 0 ? "B" : "A", 0.9]])),
    ...sorts.map((one) => value(`${one.id}.0`, one.label, one.id, "[2]", one.id === 20 ? 8_000_000 : 700, [[one.node, one.end_s ?? 0], ...(one.id === 20 ? [["B", 2.04] as [string, number]] : [])])),
    value("32.0", "Counter-1.add-1", 32, "[3]", 5, [["A", 2.54]]), value("34.0", "Counter-1.add-3", 34, "[3]", 5, [["A", 2.92]]),
  ],
  actors: [actor(30, "Counter-1", 6, { restarts: LOST }), actor(31, "Pool-1", 7, { max_concurrency: 3 })],
  waits: [wait(1, "[1]", 0.3, 0.9, ["11.0", "12.0", "13.0", "14.0"]), wait(2, "[2]", 1.05, 2.2, ["27.0"]), wait(3, "[3]", 2.5, 3.05, ["35.0"]),
    { ...wait(4, "[2]", 1.1, 1.9, ["21.0", "22.0"]), task: 20 }],
};
