// num_returns as slots that fill, and the timeout as a bar that drains.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { glyph } from "../draw/glyphs.ts";
import { box, picture, text } from "../draw/marks.ts";
import { cut, fit, nameOf } from "../layout/labels.ts";
import { inUnit } from "../model/calls.ts";
import type { WaitAt, Waited } from "../model/waits.ts";
import type { Scene } from "./scene.ts";

/** Slots drawn one by one; more are one bar with a number. */
const MOST_SLOTS = 6;
const GAP = 6;
const SLOT_H = 22;

export function slots(scene: Scene, at: WaitAt): VNode {
  const { wait, ids } = at;
  const taken = ids.filter((id) => id.column === "ready").slice(0, wait.num_returns);
  const bar = timeout(scene, at);
  const room = scene.width - (bar === null ? 0 : scene.isNarrow ? 110 : 240) - 24;
  const slotW = Math.min(110, Math.floor(room / Math.min(MOST_SLOTS, wait.num_returns)) - GAP);
  const isFew = wait.num_returns <= MOST_SLOTS && slotW >= 44;
  const width = isFew ? wait.num_returns * (slotW + GAP) : Math.min(room, 420);
  const marks = isFew
    ? Array.from({ length: wait.num_returns }, (_, i) => slot(scene, at, i, slotW, taken[i]))
    : tally(scene, at, width - GAP, taken.length);
  const height = SLOT_H + 8;
  return picture(spoken(at, taken.length), scene.width, height, { key: "slots", role: "img" },
    ...marks, bar === null ? null : bar(width + 18, scene.width - 2));
}

function spoken({ wait }: WaitAt, taken: number): string {
  const limit = wait.timeout_s === null ? "no timeout" : `timeout ${inUnit(wait, wait.timeout_s)}`;
  return `${taken} of ${wait.num_returns} slots filled, ${limit}`;
}

function slot(scene: Scene, at: WaitAt, i: number, w: number, id: Waited | undefined): VNode {
  const x = i * (w + GAP) + 0.5;
  const isLost = id === undefined && !at.isOpen;
  const words = id === undefined ? (isLost ? ["stayed empty", "empty", ""] : ["one more", "1 more", "1"]) : [id.label, nameOf(id.label)];
  const room = w - (id === undefined ? 8 : 26);
  const label = fit(words, room, 12, scene.measure) || cut(words.at(-1) ?? "", room, 12, scene.measure);
  const look = id === undefined ? (isLost ? "rt-slot rt-unfilled" : "rt-slot rt-wanted") : `rt-slot rt-filled${id.state === "failed" ? " rt-failed" : ""}`;
  return h("g", { key: `s${i}`, class: look },
    box("box", "box", x, 0.5, w, SLOT_H, 2),
    id !== undefined && glyph(id.state === "failed" ? "failed" : "done", x + 11, 11.5),
    id === undefined
      ? text(x + w / 2, 15.5, label, isLost ? "s i3" : "s wi", { key: "words", "text-anchor": "middle" })
      : text(x + 21, 15.5, label, "", { key: "words" }));
}

/** Many slots: one bar, filled as far as they are. */
function tally(scene: Scene, { wait }: WaitAt, w: number, taken: number): Child[] {
  const filled = (w * taken) / wait.num_returns;
  return [
    h("g", { key: "tally", class: "rt-slot rt-wanted" }, h("rect", { class: "rt-box", x: 0.5, y: 0.5, width: w, height: SLOT_H, rx: 2 })),
    h("g", { key: "taken", class: "rt-slot rt-filled" }, h("rect", { class: "rt-box", x: 0.5, y: 0.5, width: filled, height: SLOT_H, rx: 2 })),
    text(10, 15.5, fit([`${taken} of ${wait.num_returns} slots filled`, `${taken} of ${wait.num_returns}`], w, 12, scene.measure), "", { key: "words" }),
  ];
}

/** Draws the timeout between two x, or null if the call has none. */
function timeout(scene: Scene, { wait, isOpen, t }: WaitAt): ((x1: number, x2: number) => VNode) | null {
  const limit = wait.timeout_s;
  if (limit === null) return null;
  const left = Math.max(0, Math.min(limit, wait.start_s + limit - t));
  const share = limit > 0 ? left / limit : 0;
  return (x1, x2) => {
    const w = Math.max(20, x2 - x1);
    const end = isOpen ? `${inUnit(wait, left)} left` : left > 0 ? `${inUnit(wait, left)} to spare` : "used up";
    const name = fit([`timeout ${inUnit(wait, limit)}`, "timeout", ""], w - scene.measure(end, 11, true) - 10, 11, scene.measure);
    return h("g", { key: "timeout" },
      text(x1, 9, name, "s i2", { key: "name" }),
      text(x1 + w, 9, end, isOpen ? "s b" : "s i2", { key: "left", "text-anchor": "end" }),
      box("whole", "track", x1, 14, w, 5, 1),
      h("rect", { key: "rest", class: isOpen ? "rt-drain" : "rt-drain rt-over", x: x1 + w * (1 - share), y: 14, width: w * share, height: 5, rx: 1 }));
  };
}
