// Runs for the views of waits, actors and objects: the run of the drawn mock, and a loop.

import type { ActorRow, ObjectRow, TaskRow, WaitRow, WorkerRow } from "../src/model/rows.ts";
import { NO_RUN } from "../src/model/store.ts";
import { node, task } from "./run.ts";
import type { Story } from "./run.ts";

const T0 = 2;
const at = (t: number): number => T0 + t;
type Runs = [number, number, number, string?][];

const SOURCE = `words = ray.put(vocabulary)
raw = load.remote("reviews")
progress, params = Progress.remote(), Params.remote()
parts = [parse.remote(raw, words, i, progress, params) for i in range(6)]
total = tree_reduce(reduce, parts)
ready, rest = ray.wait(parts, num_returns=3, timeout=800)`;
const LINES = SOURCE.split("\n");

const t = (id: number, label: string, line: number, ready: number, inputs: string[], runs: Runs, more: Partial<TaskRow> = {}): TaskRow =>
  task(id, label, at(line === 2 ? 0.1 : 0.14), at(ready), inputs, runs.map(([w, a, z, o]) => [w, at(a), at(z), o]), { line, source: LINES[line - 1] ?? "", ...more });
const worker = (id: number, node: string, requested: number, started: number, more: Partial<WorkerRow> = {}): WorkerRow => ({
  id, label: `worker ${id}`, node, kind: "pool", requested_s: at(requested), actor: null, pid: 4000 + id, started_s: at(started), ended_s: null, reason: "", ...more,
});
const actor = (id: number, label: string, workerId: number, started: number): ActorRow => ({
  id, label, class_name: label.split("-")[0] ?? label, cell: "[7]", line: 3, submitted_s: at(0.12), name: "", worker: workerId, started_s: at(started), ended_s: null, reason: "", restarts: [], max_concurrency: 1,
});
const call = (actorId: number, n: number, name: string, parent: number, sub: number, a: number, z: number): TaskRow => {
  const box = actorId === 3 ? "Progress-1" : "Params-1";
  return task(actorId * 100 + n, `${box}.${name}`, at(sub), at(sub), [], [[actorId + 3, at(a), at(z)]], {
    kind: "call", actor: actorId, parent, function: `${box}.${name.replace(/-\d+$/, "")}`, line: 9, source: "progress.add.remote(1)", num_cpus: 0,
  });
};
const value = (id: string, label: string, task_: number | null, size: number, copies: [string, number][]): ObjectRow => ({
  id, label, task: task_, cell: "[7]", line: 1, created_s: at(copies[0]?.[1] ?? 0), size_bytes: size, shared: size > 100_000,
  copies: copies.map(([n, s]) => [n, at(s)]), released_s: null,
});

const parse = (n: number, runs: Runs, more: Partial<TaskRow> = {}): TaskRow => t(10 + n, `parse-${n}`, 4, 0.46, ["20.0", "1.0"], runs, more);
const reduce = (n: number, ready: number, inputs: string[], runs: Runs): TaskRow => t(20 + n, `reduce-${n}`, 5, ready, inputs, runs);

/** The run of the mock: two nodes, two actors with callers in line, a wait of 3 in 800 ms. */
export const mock: Story = {
  run: { ...NO_RUN, id: 12, cell: "[7]", execution: 3, start_s: at(0), end_s: at(2.66), outcome: "done", source: SOURCE, critical: [20, 15, 23, 25],
    why_not_faster: "The chain load-1, parse-5, reduce-3 and reduce-5 takes 1.72 s however many CPUs there are. The other 0.90 s: parse-5 stood in line for 0.74 s; 0.16 s went into other lines, the cell's own code, starting and handing over." },
  nodes: [node("A", 2), node("B", 2)],
  workers: [
    worker(1, "A", 0, 0.11), worker(2, "A", 0, 0.16), worker(3, "A", 0.8, 0.9), worker(4, "B", 0, 0.18),
    worker(6, "A", 0.12, 0.3, { kind: "actor", actor: 3, label: "Progress-1" }),
    worker(7, "B", 0.14, 0.36, { kind: "actor", actor: 4, label: "Params-1" }),
  ],
  tasks: [
    t(20, "load-1", 2, 0.1, [], [[1, 0.12, 0.46]]),
    t(3, "Progress-1", 3, 0.12, [], [[6, 0.3, 0.31]], { kind: "creation", actor: 3, function: "Progress" }),
    t(4, "Params-1", 3, 0.12, [], [[7, 0.36, 0.37]], { kind: "creation", actor: 4, function: "Params" }),
    parse(1, [[1, 0.48, 1.56]], { blocked: [[at(0.8), at(1.36)]] }),
    parse(2, [[2, 0.48, 1.18]]), parse(3, [[4, 0.58, 1.02]]), parse(4, [[3, 0.9, 1.34]]),
    parse(5, [[2, 1.2, 1.72]]), parse(6, [[4, 1.04, 1.34]]),
    reduce(1, 1.56, ["11.0", "12.0"], [[1, 1.58, 1.86]]), reduce(2, 1.34, ["13.0", "14.0"], [[4, 1.44, 1.7]]),
    reduce(3, 1.72, ["15.0", "16.0"], [[2, 1.74, 2.3]]), reduce(4, 1.86, ["21.0", "22.0"], [[1, 1.88, 2.12]]),
    reduce(5, 2.3, ["24.0", "23.0"], [[2, 2.32, 2.62]]),
    call(3, 1, "add-1", 12, 0.62, 0.62, 0.74), call(3, 2, "add-2", 13, 0.7, 0.74, 0.86), call(3, 3, "add-3", 12, 0.84, 0.86, 0.98),
    call(3, 4, "add-4", 13, 0.94, 0.98, 1.1), call(3, 5, "add-5", 14, 1, 1.1, 1.22), call(3, 6, "add-6", 12, 1.04, 1.22, 1.32),
    call(3, 7, "add-7", 14, 1.08, 1.32, 1.42), call(3, 8, "add-8", 16, 1.12, 1.42, 1.52), call(3, 9, "add-9", 12, 1.16, 1.52, 1.62),
    call(4, 1, "push-1", 12, 0.6, 0.6, 0.78), call(4, 2, "push-2", 13, 0.72, 0.78, 1.06), call(4, 3, "pull-1", 11, 0.8, 1.06, 1.36),
    call(4, 4, "push-3", 14, 1.1, 1.36, 1.5), call(4, 5, "push-4", 16, 1.16, 1.5, 1.62),
  ],
  objects: [
    value("1.0", "put-1", null, 24_000_000, [["A", 0.08], ["B", 0.58]]), value("20.0", "load-1", 20, 96_000_000, [["A", 0.46], ["B", 0.58]]),
    value("12.0", "parse-2", 12, 8_100_000, [["A", 1.18]]), value("13.0", "parse-3", 13, 8_000_000, [["B", 1.02]]),
    value("14.0", "parse-4", 14, 8_200_000, [["A", 1.34], ["B", 1.44]]), value("16.0", "parse-6", 16, 7_900_000, [["B", 1.34], ["A", 1.46]]),
    value("11.0", "parse-1", 11, 8_000_000, [["A", 1.56]]), value("15.0", "parse-5", 15, 8_000_000, [["A", 1.72]]),
    value("21.0", "reduce-1", 21, 400, [["A", 1.86]]), value("22.0", "reduce-2", 22, 400, [["B", 1.7]]),
    value("23.0", "reduce-3", 23, 400, [["A", 2.3]]), value("24.0", "reduce-4", 24, 400, [["A", 2.12]]),
    value("403.0", "Params-1.pull-1", 403, 120, [["B", 1.36]]),
  ],
  actors: [actor(3, "Progress-1", 6, 0.31), actor(4, "Params-1", 7, 0.37)],
  waits: [{
    id: 1, kind: "wait", task: null, cell: "[7]", line: 6, source: LINES[5] ?? "", start_s: at(0.72),
    objects: [1, 2, 3, 4, 5, 6].map((n) => `1${n}.0`), num_returns: 3, timeout_s: 0.8, unit: "ms",
    ready_s: [null, at(1.18), at(1.02), at(1.34), null, at(1.34)], end_s: at(1.345),
    outcome: ["pending", "ready", "ready", "ready", "pending", "held"], reason: "enough ready",
  }, {
    id: 2, kind: "get", task: 11, cell: "[5]", line: 6, source: "ray.get(params.pull.remote())", start_s: at(0.8), objects: ["403.0"],
    num_returns: 1, timeout_s: null, unit: "s", ready_s: [at(1.36)], end_s: at(1.36), outcome: ["ready"], reason: "enough ready",
  }, {
    id: 3, kind: "get", task: null, cell: "[7]", line: 7, source: "ray.get(total)", start_s: at(1.4), objects: ["25.0"],
    num_returns: 1, timeout_s: null, unit: "s", ready_s: [at(2.62)], end_s: at(2.63), outcome: ["ready"], reason: "enough ready",
  }],
};

const COUNT = 12;
const END = (i: number): number => 0.3 + ((i * 7) % COUNT) * 0.14 + Math.floor(i / 4) * 0.05;

/** `while ids: ready, ids = wait(ids)`: the list gets shorter by one at each turn. */
export const loop: Story = {
  ...mock,
  run: { ...mock.run, execution: 1, cell: "[5]", end_s: at(2.4), source: "" },
  nodes: [node("A", 12)],
  workers: Array.from({ length: COUNT }, (_, i) => worker(i + 1, "A", -0.5, -0.2)),
  tasks: Array.from({ length: COUNT }, (_, i) => task(i + 1, `render-${i + 1}`, at(0.02), at(0.02), [], [[i + 1, at(0.03), at(END(i))]], { cell: "[5]", line: 1, source: "ids = [render.remote(i) for i in range(12)]" })),
  objects: Array.from({ length: COUNT }, (_, i) => ({ ...value(`${i + 1}.0`, `render-${i + 1}`, i + 1, 800 + i, [["A", END(i)]]), cell: "[5]" })),
  actors: [],
  waits: loopWaits(),
};

function loopWaits(): WaitRow[] {
  const waits: WaitRow[] = [];
  let left = Array.from({ length: COUNT }, (_, i) => i);
  let now = 0.05;
  while (left.length > 0) {
    const first = Math.min(...left.map(END));
    const end = Math.max(now + 0.001, first + 0.002);
    const isIn = (i: number): boolean => END(i) <= end;
    const one = left.find(isIn);
    waits.push({
      id: waits.length + 1, kind: "wait", task: null, cell: "[5]", line: 3, source: "    ready, ids = ray.wait(ids)", start_s: at(now),
      objects: left.map((i) => `${i + 1}.0`), num_returns: 1, timeout_s: null, unit: "s", ready_s: left.map((i) => (isIn(i) ? at(END(i)) : null)),
      end_s: at(end), outcome: left.map((i) => (i === one ? "ready" : isIn(i) ? "held" : "pending")), reason: "enough ready",
    });
    left = left.filter((i) => i !== one);
    now = end + 0.03;
  }
  return waits;
}

const PARSED = 600;

/** Many tasks: load, 600 times parse, a tree of reduce; a few fail. */
export const big: Story = {
  ...mock,
  run: { ...mock.run, execution: 1, cell: "[9]", end_s: at(4), critical: [], why_not_faster: "" },
  actors: [], waits: [], objects: [value("90000.0", "put-1", null, 24_000_000, [["A", 0.01]])],
  tasks: [
    task(1, "load-1", at(0.01), at(0.01), ["90000.0"], [[1, at(0.02), at(0.2)]], { cell: "[9]", line: 1 }),
    ...Array.from({ length: PARSED }, (_, i) => {
      const start = 0.21 + Math.floor(i / 4) * 0.02;
      const isBad = i % 97 === 40;
      return task(100 + i, `parse-${i + 1}`, at(0.02), at(0.2), ["1.0"], [[1 + (i % 4), at(start), at(start + 0.019), isBad ? "failed" : "done"]], { cell: "[9]", line: 2, error: isBad ? "ValueError: bad row" : "" });
    }),
    ...Array.from({ length: 60 }, (_, i) => task(1000 + i, `reduce-${i + 1}`, at(0.03), at(3.3), [`${100 + i * 10}.0`, `${101 + i * 10}.0`], [[1 + (i % 4), at(3.3 + Math.floor(i / 4) * 0.02), at(3.32 + Math.floor(i / 4) * 0.02)]], { cell: "[9]", line: 3 })),
    task(2000, "total-1", at(0.04), at(3.8), Array.from({ length: 60 }, (_, i) => `${1000 + i}.0`), [[1, at(3.8), at(3.9)]], { cell: "[9]", line: 4 }),
  ],
};
