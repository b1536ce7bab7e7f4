// CPUs in use over time, in as many steps as the slider has room for.

import { overSince } from "./state.ts";
import type { RunStore } from "./store.ts";

/** The CPUs that tasks of the run hold in each of `steps` equal parts of the span. */
export function cpuTrack(store: RunStore, start: number, head: number, steps: number): Float64Array {
  const changes = new Float64Array(steps + 1);
  const at = (t: number): number => Math.max(0, Math.min(steps, Math.round(((t - start) / (head - start)) * steps)));
  const use = (from: number, to: number, cpus: number): void => {
    const a = at(from);
    const z = Math.max(at(to), Math.min(a + 1, steps));
    changes[a] = (changes[a] ?? 0) + cpus;
    changes[z] = (changes[z] ?? 0) - cpus;
  };
  for (const task of store.tasks.values()) {
    if (task.kind !== "task") continue;
    const over = overSince(task) ?? head;
    for (const { start_s: from, end_s: to } of task.attempts) use(from, Math.min(to ?? over, head), task.num_cpus);
    for (const [from, to] of task.blocked) use(from, Math.min(to ?? over, head), -task.num_cpus);
  }
  let sum = 0;
  return changes.map((change) => (sum += change)).slice(0, steps);
}
