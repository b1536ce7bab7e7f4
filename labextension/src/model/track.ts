// CPUs in use over time, in as many steps as the slider has room for.

import { CALL, CREATION, IRREGULAR } from "./columns.ts";
import type { TaskRow } from "./rows.ts";
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
  const { columns } = store;
  for (let i = 0; i < columns.rows.length; i += 1) {
    const flags = columns.flags[i] as number;
    if (flags & (CALL | CREATION)) continue;
    const task = columns.rows[i] as TaskRow;
    const over = columns.over[i] as number;
    const attempts = flags & IRREGULAR ? task.attempts : [];
    if (!(flags & IRREGULAR) && (columns.began[i] as number) < Infinity) use(columns.began[i] as number, Math.min(over, head), task.num_cpus);
    for (const { start_s: from, end_s: to } of attempts) use(from, Math.min(to ?? over, head), task.num_cpus);
    for (const [from, to] of task.blocked) use(from, Math.min(to ?? over, head), -task.num_cpus);
  }
  let sum = 0;
  return changes.map((change) => (sum += change)).slice(0, steps);
}
