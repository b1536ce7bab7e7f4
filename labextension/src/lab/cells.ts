// The cells of a notebook and the tasks of a session: how many of each state, and the way there.

import { icon } from "../draw/glyphs.ts";
import { h, patch } from "../draw/dom.ts";
import type { VNode } from "../draw/dom.ts";
import { grouped } from "../draw/marks.ts";
import { CREATION, DONE, FAILED, RUNNING, BLOCKED } from "../model/columns.ts";
import type { State } from "../model/state.ts";
import type { RunStore } from "../model/store.ts";
import type { Cells } from "./session.ts";
import type { CellWidget, NotebookPanel } from "./types.ts";

export interface Tally {
  /** "[7]" */
  label: string;
  running: number;
  waiting: number;
  done: number;
  failed: number;
  /** id of its first task */
  first: number;
}

/** The cells that have started tasks, in the order in which they first did. */
export function tallies({ columns }: RunStore, t: number): Tally[] {
  const found = new Map<string, Tally>();
  for (let i = 0; i < columns.rows.length; i += 1) {
    const task = columns.rows[i];
    if (task === undefined || task.cell === "") continue;
    const code = columns.at(i, t);
    let tally = found.get(task.cell);
    if (tally === undefined) {
      tally = { label: task.cell, running: 0, waiting: 0, done: 0, failed: 0, first: task.id };
      found.set(task.cell, tally);
    }
    if (code < 0 || ((columns.flags[i] as number) & CREATION && code <= DONE)) continue;
    if (code === RUNNING || code === BLOCKED) tally.running += 1;
    else if (code === DONE) tally.done += 1;
    else if (code >= FAILED) tally.failed += 1;
    else tally.waiting += 1;
  }
  return [...found.values()];
}

const SHOWN: readonly [keyof Tally & ("running" | "waiting" | "done" | "failed"), State][] = [
  ["running", "running"], ["waiting", "queued"], ["done", "done"], ["failed", "failed"],
];

/** "2 running, 14 done" */
export function inWords(tally: Tally): string {
  return SHOWN.filter(([name]) => tally[name] > 0).map(([name]) => `${grouped(tally[name])} ${name}`).join(", ");
}

/** The same as glyphs with numbers. */
export function tallyMarks(tally: Tally): VNode[] {
  return SHOWN.filter(([name]) => tally[name] > 0)
    .map(([name, state]) => h("span", { key: name, class: "rt-count" }, icon(state), grouped(tally[name])));
}

/** The cell that a label means: by what the kernel said, else by its number. */
export function cellOf(panel: NotebookPanel, cells: Cells, label: string): { cell: CellWidget; place: number } | null {
  const { widgets } = panel.content;
  const id = cells[label];
  let place = widgets.findIndex((cell) => cell.model.id === id);
  if (place < 0) place = widgets.findIndex((cell) => `[${cell.model.executionCount ?? ""}]` === label);
  const cell = widgets[place];
  return cell === undefined ? null : { cell, place };
}

/** Go to a line of a cell: active, in view, the cursor on it. */
export function goTo(panel: NotebookPanel, cells: Cells, { cell: label, line }: { cell: string; line: number }): boolean {
  const found = cellOf(panel, cells, label);
  if (found === null) return false;
  panel.content.activeCellIndex = found.place;
  found.cell.node.scrollIntoView({ block: "center" });
  // In quotes: the build gives our own properties short names, and one is called column.
  if (line > 0) found.cell.editor?.setCursorPosition({ "line": line - 1, "column": 0 });
  found.cell.editor?.focus();
  return true;
}

/** A badge beside each cell that has started tasks. */
export class Badges {
  private readonly shown = new Map<string, HTMLElement>();

  constructor(private readonly open: (tally: Tally) => void) {}

  draw(panel: NotebookPanel, cells: Cells, all: readonly Tally[]): void {
    const left = new Set(this.shown.keys());
    for (const tally of all) {
      const found = cellOf(panel, cells, tally.label);
      if (found === null || inWords(tally) === "") continue;
      left.delete(tally.label);
      const badge = this.shown.get(tally.label) ?? panel.node.ownerDocument.createElement("button");
      this.shown.set(tally.label, badge);
      const place = found.cell.node.querySelector(".jp-Cell-inputArea") ?? found.cell.node;
      if (badge.parentElement !== place) place.append(badge);
      badge.className = "rt rt-badge";
      badge.title = `${inWords(tally)}: show them in the rayteach panel`;
      badge.setAttribute("aria-label", `rayteach: ${badge.title}`);
      badge.onclick = () => this.open(tally);
      patch(badge, tallyMarks(tally));
    }
    for (const label of left) this.remove(label);
  }

  clear(): void {
    for (const label of [...this.shown.keys()]) this.remove(label);
  }

  private remove(label: string): void {
    this.shown.get(label)?.remove();
    this.shown.delete(label);
  }
}
