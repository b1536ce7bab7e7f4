// The story line of the selection.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { grouped } from "../draw/marks.ts";
import { icon } from "../draw/glyphs.ts";
import { bytes } from "../layout/axis.ts";
import { taskOfKey } from "../model/graph.ts";
import { nameOfGroup } from "../model/groups.ts";
import type { Group } from "../model/groups.ts";
import type { TaskRow } from "../model/rows.ts";
import { WORD, existsAt, inWords, objectLabel, stateAt } from "../model/state.ts";
import { listing, sourceOf, whyOf } from "../model/story.ts";
import { more } from "../parts.ts";
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

export function groupStory(scene: Scene, group: Group): Child[] {
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
    scene.goTo === null || sourceOf(task) === ""
      ? h("span", { key: "src", class: "rt-src" }, sourceOf(task))
      : h("button", { key: "go", type: "button", class: "rt-src rt-link", "data-action": "go-to", title: "Go to this line" }, sourceOf(task)),
    h("span", { key: "more", class: "rt-more" },
      h("span", { key: "inputs" }, inputsOf(scene, task)),
      task.source !== "" && h("code", { key: "source" }, task.source.trim()),
      h("button", { key: "open", class: "rt-link", type: "button", "data-action": "details", "aria-expanded": String(isOpen) }, isOpen ? "less" : "more")),
    isOpen && (more()?.details(scene, task) ?? null),
  ];
}

export function nameOf(scene: Scene, task: TaskRow): VNode {
  const state = stateAt(task, scene.t);
  return h("span", { key: "name", class: "rt-name" },
    state === null ? null : icon(state),
    h("span", {}, state === null ? task.label : `${task.label}, ${WORD[state]}`));
}

export function inputsOf(scene: Scene, task: TaskRow): string {
  const labels = task.inputs.map((id) => objectLabel(scene.store, id));
  return labels.length === 0 ? "takes no IDs" : `takes ${listing(labels, 6)}`;
}

export function objectStory(scene: Scene, id: string): Child[] {
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
