// The matrix of a wait: rows in input order, columns ready, held and pending.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { bracketedTick, glyph } from "../draw/glyphs.ts";
import { across, box, leftOut, picture, ring, selectable, text } from "../draw/marks.ts";
import { duration } from "../layout/axis.ts";
import { cut, fit, nameOf } from "../layout/labels.ts";
import { WORD } from "../model/state.ts";
import { COLUMNS } from "../model/waits.ts";
import type { Column, WaitAt, Waited } from "../model/waits.ts";
import type { Scene } from "./scene.ts";

/** IDs drawn at most; the lists below and the table have more. */
export const MOST_IDS = 200;

const ROW = 26;
const HEAD = 42;

const MEANING: Readonly<Record<Column, string>> = {
  ready: "returned as ready",
  held: "ready, yet stays in the rest",
  pending: "not ready, stays in the rest",
};

interface Place {
  x: Readonly<Record<Column, number>>;
  width: number;
  /** where the reason stands, null where there is no room */
  why: number | null;
}

export function matrix(scene: Scene, at: WaitAt): VNode {
  const place = placeOf(scene);
  const shown = at.ids.slice(0, MOST_IDS);
  const height = HEAD + shown.length * ROW + 2;
  const entry = shown.find((id) => id.key === scene.selected)?.key ?? shown[0]?.key;
  const drawing = picture("The IDs in the order of the list that was passed", scene.width, height, {},
    h("g", { key: "heads", "aria-hidden": "true" }, heads(scene, at, place)),
    h("g", { key: "ids" }, shown.map((id, i) => row(scene, at, id, i, place, id.key === entry))));
  return h("div", { key: "matrix" },
    h("div", { key: "scroll", class: "rt-scroll" }, drawing),
    leftOut(at.ids.length - shown.length, "IDs"));
}

function placeOf({ width, isNarrow }: Scene): Place {
  const left = isNarrow ? 22 : 30;
  const columns = isNarrow ? width - left : Math.min(540, (width - left) * 0.66);
  const w = columns / 3;
  const x = { ready: left, held: left + w, pending: left + 2 * w };
  return { x, width: w - 8, why: isNarrow ? null : left + columns + 8 };
}

function heads(scene: Scene, at: WaitAt, place: Place): Child[] {
  const marks: Child[] = COLUMNS.flatMap((column) => {
    const x = place.x[column];
    const count = at.ids.filter((id) => id.column === column).length;
    const isLater = column === "ready" && at.isOpen;
    const meaning = fit([isLater ? "ready so far" : MEANING[column], ""], place.width, 11, scene.measure);
    return [
      text(x, 14, column, "b", { key: `h${column}` }),
      text(x + scene.measure(column, 12, true) + 7, 14, String(count), "i3", { key: `n${column}` }),
      text(x, 29, meaning, "s i3", { key: `m${column}` }),
    ];
  });
  if (place.why !== null) {
    const words = at.isOpen ? "what it does" : "what it did at the return";
    marks.push(text(place.why, 29, words, "s i3", { key: "why" }));
  }
  return marks;
}

function row(scene: Scene, at: WaitAt, id: Waited, i: number, place: Place, isEntry: boolean): VNode {
  const y = HEAD + i * ROW - 6;
  const isSelected = id.key === scene.selected;
  const label = fit([id.label, nameOf(id.label)], place.width - 22, 12, scene.measure) || cut(nameOf(id.label), place.width - 22, 12, scene.measure);
  const wide = Math.min(place.width, scene.measure(label, 12, true) + 28);
  const x = place.x[id.column];
  return h("g", { key: `${i}` },
    across(0, scene.width, y, "rule", { key: "rule" }),
    text(0, y + 17, String(i), "s i3", { key: "place", "aria-hidden": "true" }),
    h("g", {
      key: "id", class: `rt-move${isSelected ? " rt-sel" : ""}`, style: `transform: translate(${x}px, ${y}px)`,
      ...selectable(id.key, scene.selected, isEntry, spoken(at, id, i)),
    },
      ring(-4, 3, wide + 6, 20),
      box("plate", "plate", -3, 4, wide + 4, 18),
      mark(id),
      text(19, 17, label, id.column === "pending" ? "" : "b", { key: "label" }),
      since(scene, id, label, place)),
    place.why !== null && text(place.why, y + 17, cut(whyOf(id), scene.width - place.why, 11, scene.measure), "s i2", { key: "why" }));
}

function mark(id: Waited): VNode {
  if (id.state === "failed" || id.state === "cancelled" || id.state === "cannot run") return glyph(id.state, 7, 13);
  if (id.column === "ready") return glyph("done", 7, 13);
  if (id.column === "held") return bracketedTick(7, 13);
  return glyph(id.state === null || id.state === "done" ? "running" : id.state, 7, 13);
}

/** Beside a ready ID: since when, where it fits. */
function since(scene: Scene, id: Waited, label: string, place: Place): VNode | null {
  if (id.since === null) return null;
  const x = 19 + scene.measure(label, 12, true) + 8;
  const isBefore = id.since <= scene.start;
  const words = isBefore ? "" : `at ${duration(id.since - scene.start)}`;
  const shown = fit([words], place.width - x, 11, scene.measure);
  return shown === "" ? null : text(x, 17, shown, "s i3", { key: "since" });
}

function whyOf(id: Waited): string {
  if (id.column === "pending") return id.fact;
  return id.state === "failed" || id.state === "cannot run" ? "failed: that counts as ready, get raises" : "";
}

function spoken({ isOpen }: WaitAt, id: Waited, i: number): string {
  const word = id.state === null ? "" : `, ${WORD[id.state]}`;
  return `place ${i}: ${id.label}, ${id.column}${isOpen ? "" : " at the return"}${id.column === "pending" ? word : ""}`;
}
