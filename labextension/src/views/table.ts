// The table twin: every task in words, for screen readers and for all who like lists.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { duration } from "../layout/axis.ts";
import type { TaskRow } from "../model/rows.ts";
import { WORD, objectLabel, stateAt } from "../model/state.ts";
import { placeName, sourceOf, whyOf } from "../model/story.ts";
import { ranFor } from "../model/blanks.ts";
import type { Scene } from "./scene.ts";

/** Rows of one page of the table. */
export const PAGE = 200;

const HEADS = ["task", "state", "takes", "where", "ran", "line", "why"];

export function drawTable(scene: Scene, page: number): Child[] {
  const tasks = [...scene.store.tasks.values()];
  const from = page * PAGE;
  const shown = tasks.slice(from, from + PAGE);
  if (tasks.length === 0) return [];
  return [
    h("table", { key: "table" },
      h("caption", {}, `Tasks of this run${rangeOf(tasks.length, page)}`),
      h("thead", {}, h("tr", {}, HEADS.map((head) => h("th", { key: head, scope: "col" }, head)))),
      h("tbody", {}, shown.map((task) => row(scene, task)))),
    pageButtons(tasks.length, page, "tasks"),
  ];
}

/** ", 201 to 400 of 5,000", "" if one page holds all. */
export function rangeOf(count: number, page: number): string {
  if (count <= PAGE) return "";
  const from = page * PAGE;
  return `, ${from + 1} to ${Math.min(count, from + PAGE)} of ${count.toLocaleString("en")}`;
}

/** Buttons to the pages before and after. */
export function pageButtons(count: number, page: number, what: string): VNode | null {
  if (count <= PAGE) return null;
  return h("div", { key: "pages", class: "rt-foot" },
    page > 0 && pageButton(`earlier ${what}`, page - 1),
    (page + 1) * PAGE < count && pageButton(`later ${what}`, page + 1));
}

function pageButton(word: string, page: number): VNode {
  return h("button", { key: word, type: "button", "data-action": "page", "data-page": page }, word);
}

function row(scene: Scene, task: TaskRow): VNode | null {
  const state = stateAt(task, scene.t);
  if (state === null) return null;
  const last = task.attempts.at(-1);
  const ran = ranFor(task, scene.t);
  const cells = [
    WORD[state],
    task.inputs.map((id) => objectLabel(scene.store, id)).join(", "),
    last === undefined || last.start_s > scene.t ? "" : placeName(scene.store, last.worker),
    ran === null ? "" : duration(ran),
    sourceOf(task),
    whyOf(scene.store, task, scene.t),
  ];
  return h("tr", { key: task.id },
    h("th", { key: "name", scope: "row" }, task.label),
    cells.map((cell, i) => h("td", { key: i }, cell)));
}
