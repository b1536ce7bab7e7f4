// The calls of a loop side by side: a column per wait, a row per ID. A column can be clicked.

import { h } from "../draw/dom.ts";
import type { VNode } from "../draw/dom.ts";
import { box, picture, text } from "../draw/marks.ts";
import { cut } from "../layout/labels.ts";
import type { WaitRow } from "../model/rows.ts";
import { objectLabel } from "../model/state.ts";
import { isOpenAt, waitsUntil } from "../model/calls.ts";
import { columnAt } from "../model/waits.ts";
import type { Scene } from "./scene.ts";

const MOST_ROWS = 24;
const PITCH = 16;
const TOP = 18;

/** All calls from the same line, if there are several. */
export function history(scene: Scene, shown: WaitRow): VNode | null {
  const loop = waitsUntil(scene.store, scene.t).filter((w) => w.task === shown.task && w.line === shown.line && w.cell === shown.cell);
  if (loop.length < 2) return null;
  const ids = [...new Set(loop.flatMap((w) => w.objects))];
  const left = scene.isNarrow ? 84 : 120;
  const columns = Math.max(2, Math.floor((scene.width - left) / PITCH));
  const at = loop.indexOf(shown);
  const first = Math.max(0, Math.min(loop.length - columns, at - Math.floor(columns / 2)));
  const waits = loop.slice(first, first + columns);
  const rows = ids.slice(0, MOST_ROWS);
  const height = TOP + rows.length * PITCH + 4;
  const names = rows.map((id, i) =>
    text(left - 10, TOP + i * PITCH + 12, cut(objectLabel(scene.store, id), left - 14, 11, scene.measure), "s i2", { key: id, "text-anchor": "end" }));
  const hidden = ids.length - rows.length;
  return h("div", { key: "history", class: "rt-history" },
    h("div", { key: "title", class: "rt-note" }, `This line has called wait ${loop.length} times: ■ returned as ready, ▫ held, · pending.${hidden > 0 ? ` ${hidden} more IDs are not drawn.` : ""}`),
    picture("The calls of this line, one column each", scene.width, height, { key: "picture" },
      h("g", { key: "names", "aria-hidden": "true" }, names),
      waits.map((w, i) => column(scene, w, first + i + 1, left + i * PITCH, rows, w === shown))));
}

function column(scene: Scene, wait: WaitRow, number: number, x: number, rows: string[], isShown: boolean): VNode {
  const height = rows.length * PITCH;
  const isOpen = isOpenAt(wait, scene.t);
  return h("g", {
    key: wait.id, class: isShown ? "rt-sel" : "", role: "button", tabindex: isShown ? 0 : -1, "aria-pressed": String(isShown),
    "data-action": "wait", "data-wait": wait.id,
    "aria-label": `wait ${number}: ${isOpen ? "blocks" : wait.reason}`,
  },
    box("plate", "plate", x - 1, 0, PITCH, height + TOP),
    box("ring", "ring", x - 0.5, 1, PITCH - 1, height + TOP, 2),
    number % 5 === 0 || isShown || number === 1 ? text(x + 7, 12, String(number), isShown ? "s b" : "s i3", { key: "n", "text-anchor": "middle" }) : null,
    wait.objects.map((id, place) => cell(wait, place, rows.indexOf(id), x, scene.t)));
}

function cell(wait: WaitRow, place: number, row: number, x: number, t: number): VNode | null {
  if (row < 0) return null;
  const y = TOP + row * PITCH;
  const where = columnAt(wait, place, t);
  if (where === "pending") return h("circle", { key: place, class: "rt-cell-dot", cx: x + 7, cy: y + 8, r: 1.5 });
  const look = where === "ready" ? "rt-cell-in" : "rt-cell-held";
  return h("rect", { key: place, class: look, x: x + 3.5, y: y + 4.5, width: 7, height: 7 });
}
