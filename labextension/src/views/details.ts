// All that is known of the selected task, attempt by attempt.

import { h } from "../draw/dom.ts";
import type { VNode } from "../draw/dom.ts";
import { duration } from "../layout/axis.ts";
import type { TaskRow } from "../model/rows.ts";
import { placeName } from "../model/story.ts";
import type { Scene } from "./scene.ts";

export function details(scene: Scene, task: TaskRow): VNode {
  const at = (t: number): string => duration(t - scene.start);
  const facts: [string, string][] = [["submitted", `at ${at(task.submitted_s)}`]];
  if (task.ready_s !== null && task.inputs.length > 0) facts.push(["inputs there", `at ${at(task.ready_s)}`]);
  task.attempts.filter((a) => a.start_s <= scene.t).forEach((a, i) => {
    const name = task.attempts.length > 1 ? `attempt ${i + 1}` : "ran";
    const end = a.end_s === null || a.end_s > scene.t ? "until now" : `to ${at(a.end_s)}`;
    facts.push([name, `${at(a.start_s)} ${end}, ${placeName(scene.store, a.worker)}${a.outcome === "lost" ? ", lost" : ""}`]);
  });
  const cpus = task.kind === "call" ? "not counted for calls of an actor" : String(task.num_cpus);
  facts.push(["CPUs", cpus], ["returns", String(task.num_returns)]);
  if (task.parent !== null) facts.push(["started by", scene.store.tasks.get(task.parent)?.label ?? `task ${task.parent}`]);
  return h("dl", { key: "details", class: "rt-details" },
    facts.flatMap(([k, v]) => [h("dt", { key: `k${k}` }, k), h("dd", { key: `v${k}` }, v)]));
}
