// The story line of the selection, its details, the tooltip, and errors under the picture.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { grouped } from "../draw/marks.ts";
import { icon } from "../draw/glyphs.ts";
import { bytes, duration } from "../layout/axis.ts";
import { taskOfKey } from "../model/graph.ts";
import { nameOfGroup } from "../model/groups.ts";
import type { Group } from "../model/groups.ts";
import type { TaskRow } from "../model/rows.ts";
import { CANNOT_RUN, FAILED } from "../model/columns.ts";
import { WORD, counts, existsAt, inWords, objectLabel, stateAt } from "../model/state.ts";
import { listing, placeName, sourceOf, whyOf } from "../model/story.ts";
import type { Scene } from "./scene.ts";

const HINT = "Select a task to read its story: click one, or go with Tab and the arrow keys.";

export function drawStory(scene: Scene, isOpen: boolean): Child[] {
  const task = taskOfKey(scene.store, scene.selected);
  if (task !== null) return taskStory(scene, task, isOpen);
  if (scene.selected?.startsWith("o")) return objectStory(scene, scene.selected.slice(1));
  const group = scene.groups?.groupOf(scene.selected) ?? null;
  if (group !== null) return groupStory(scene, group);
  return [h("span", { key: "hint", class: "rt-why" }, HINT)];
}

function groupStory(scene: Scene, group: Group): Child[] {
  const facts = inWords(scene.groups?.counts(scene.store, scene.t).get(group.key));
  const words = facts.map(([, number, word]) => `${grouped(number)} ${word}`).join(", ");
  const first = scene.store.tasks.get(group.tasks[0] ?? -1);
  return [
    h("span", { key: "line" }, h("span", { key: "name", class: "rt-name" }, nameOfGroup(scene.store, group)), h("span", { key: "why", class: "rt-why" }, words)),
    h("span", { key: "src", class: "rt-src" }, first === undefined ? "" : sourceOf(first)),
  ];
}

function taskStory(scene: Scene, task: TaskRow, isOpen: boolean): Child[] {
  return [
    h("span", { key: "line" }, nameOf(scene, task), h("span", { key: "why", class: "rt-why" }, whyOf(scene.store, task, scene.t))),
    h("span", { key: "src", class: "rt-src" }, sourceOf(task)),
    h("span", { key: "more", class: "rt-more" },
      h("span", { key: "inputs" }, inputsOf(scene, task)),
      task.source !== "" && h("code", { key: "source" }, task.source.trim()),
      h("button", { key: "open", class: "rt-link", type: "button", "data-action": "details", "aria-expanded": String(isOpen) }, isOpen ? "less" : "more")),
    isOpen && details(scene, task),
  ];
}

function nameOf(scene: Scene, task: TaskRow): VNode {
  const state = stateAt(task, scene.t);
  return h("span", { key: "name", class: "rt-name" },
    state === null ? null : icon(state),
    h("span", {}, state === null ? task.label : `${task.label}, ${WORD[state]}`));
}

function inputsOf(scene: Scene, task: TaskRow): string {
  const labels = task.inputs.map((id) => objectLabel(scene.store, id));
  return labels.length === 0 ? "takes no IDs" : `takes ${listing(labels, 6)}`;
}

function details(scene: Scene, task: TaskRow): VNode {
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

function objectStory(scene: Scene, id: string): Child[] {
  const row = scene.store.objects.get(id);
  const there = existsAt(scene.store, id, scene.t) ? "there" : "not there yet";
  const origin = row === undefined ? "Made outside this cell run." : row.size_bytes === null ? "Put by the cell." : `Put by the cell, ${bytes(row.size_bytes)}.`;
  return [
    h("span", { key: "line" },
      h("span", { key: "name", class: "rt-name" }, `${objectLabel(scene.store, id)}, ${there}`),
      h("span", { key: "why", class: "rt-why" }, origin)),
    h("span", { key: "src", class: "rt-src" }, row === undefined ? "" : sourceOf(row)),
  ];
}

/** What hovering says: the story in three lines. */
export function drawTip(scene: Scene, key: string): Child[] {
  if (key.startsWith("?")) return [h("span", { key: "why" }, key.slice(1))];
  const task = taskOfKey(scene.store, key);
  const group = key.startsWith("g") ? (scene.groups?.groupOf(key) ?? null) : null;
  if (group !== null) return groupStory(scene, group);
  if (task === null) return key.startsWith("o") ? objectStory(scene, key.slice(1)) : [];
  return [
    nameOf(scene, task),
    h("div", { key: "why", class: "rt-why" }, whyOf(scene.store, task, scene.t)),
    h("div", { key: "inputs", class: "rt-why" }, inputsOf(scene, task)),
    h("span", { key: "src", class: "rt-src" }, [sourceOf(task), task.source.trim()].filter(Boolean).join(": ")),
  ];
}

/** Errors told in full; more are told by number. */
const ERRORS_SHOWN = 3;

export function drawErrors(scene: Scene): Child[] {
  const { store, t } = scene;
  if (counts(store, t).failed === 0) return [];
  const failed = store.columns.inState(FAILED, t);
  const marks = failed.slice(0, ERRORS_SHOWN).map((task) => errorMark(scene, task));
  const rest = failed.length - marks.length;
  const sentence = [rest > 0 ? `${rest} more failed.` : "", stuck(scene)].filter(Boolean).join(" ");
  return [...marks, sentence !== "" && h("div", { key: "after", class: "rt-after" }, sentence)];
}

function errorMark(scene: Scene, task: TaskRow): VNode {
  const tries = task.attempts.length > 1 ? `, attempt ${task.attempts.length}` : "";
  const last = task.attempts.at(-1);
  const where = last === undefined ? "" : `, ${placeName(scene.store, last.worker)}`;
  const when = task.end_s === null ? "" : `, at ${duration(task.end_s - scene.start)}`;
  const line = task.error_line > 0 ? ` The error is in line ${task.error_line} of ${task.function}'s cell.` : "";
  const called = sourceOf(task) === "" ? "" : ` Called in ${sourceOf(task)}: `;
  return h("div", { key: task.id, class: "rt-error" },
    h("b", { key: "what" }, task.error || "failed"),
    h("span", { key: "where" }, `${task.label}${tries}${where}${when}.${line}${called}`),
    called !== "" && h("code", { key: "code" }, task.source.trim()));
}

function stuck(scene: Scene): string {
  const left = scene.store.columns.inState(CANNOT_RUN, scene.t);
  const causes = new Set(left.flatMap((task) => scene.store.tasks.get(task.cause ?? -1)?.label ?? []));
  if (left.length === 0) return "";
  const needs = causes.size === 0 ? "" : `: ${left.length === 1 ? "it needs" : "they need"} ${listing([...causes])}`;
  return `${listing(left.map((task) => task.label), 4)} cannot run${needs}. Everything else goes on.`;
}
