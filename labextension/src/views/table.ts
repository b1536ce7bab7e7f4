// The table twin: every task in words, for screen readers and for all who like lists.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { grouped } from "../draw/marks.ts";
import { duration } from "../layout/axis.ts";
import type { TaskRow } from "../model/rows.ts";
import { WORD, objectLabel, stateAt } from "../model/state.ts";
import { placeName, sourceOf, whyOf } from "../model/story.ts";
import { ranFor } from "../model/lengths.ts";
import type { Scene } from "./scene.ts";

/** Rows of one page of the table. */
const PAGE = 200;

const HEADS = ["task", "state", "takes", "where", "ran", "line", "why"];

/** One page of rows in words; the first cell of each heads its row. */
export function words<T>(all: readonly T[], page: number, caption: string, heads: readonly string[], cells: (one: T) => [string | number, string[]], count = all.length): Child[] {
  const shown = all.length > PAGE ? all.slice(page * PAGE, (page + 1) * PAGE) : all;
  if (count === 0) return [h("p", { key: "none" }, `${caption}: none up to now.`)];
  return [
    h("table", { key: "table" },
      h("caption", {}, `${caption}${rangeOf(count, page)}`),
      h("thead", {}, h("tr", {}, heads.map((head) => h("th", { key: head, scope: "col" }, head)))),
      h("tbody", {}, shown.map((one) => {
        const [key, [first = "", ...rest]] = cells(one);
        return h("tr", { key }, h("th", { key: "name", scope: "row" }, first), rest.map((cell, i) => h("td", { key: i }, cell)));
      }))),
    pageButtons(count, page),
  ];
}

export function drawTable(scene: Scene, page: number): Child[] {
  const { columns } = scene.store;
  const shown: TaskRow[] = [];
  let count = 0;
  for (let i = 0; i < columns.rows.length; i += 1) {
    if ((columns.submitted[i] as number) > scene.t) continue;
    if (count >= page * PAGE && shown.length < PAGE) shown.push(columns.rows[i] as TaskRow);
    count += 1;
  }
  return words(shown, page, "Tasks of this run", HEADS, (task) => [task.id, cellsOf(scene, task)], count);
}

function cellsOf(scene: Scene, task: TaskRow): string[] {
  const state = stateAt(task, scene.t);
  const last = task.attempts.at(-1);
  const ran = ranFor(task, scene.t);
  return [
    task.label,
    state === null ? "" : WORD[state],
    task.inputs.map((id) => objectLabel(scene.store, id)).join(", "),
    last === undefined || last.start_s > scene.t ? "" : placeName(scene.store, last.worker),
    ran === null ? "" : duration(ran),
    sourceOf(task),
    whyOf(scene.store, task, scene.t),
  ];
}

/** ", 201 to 400 of 5,000", "" if one page holds all. */
function rangeOf(count: number, page: number): string {
  if (count <= PAGE) return "";
  const from = page * PAGE;
  return `, ${from + 1} to ${Math.min(count, from + PAGE)} of ${grouped(count)}`;
}

/** Buttons to the pages before and after. */
function pageButtons(count: number, page: number): VNode | null {
  if (count <= PAGE) return null;
  return h("div", { key: "pages", class: "rt-foot" },
    page > 0 && pageButton("earlier rows", page - 1),
    (page + 1) * PAGE < count && pageButton("later rows", page + 1));
}

function pageButton(word: string, page: number): VNode {
  return h("button", { key: word, type: "button", "data-action": "page", "data-page": page }, word);
}
