// The cell's own lane: its submits, puts, gets and waits, and its own code between them.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { box, text as say } from "../draw/marks.ts";
import { fit } from "../layout/labels.ts";
import { CHILD } from "../model/columns.ts";
import type { WaitRow } from "../model/rows.ts";
import { existsAt, objectLabel } from "../model/state.ts";
import type { Scene } from "./scene.ts";
import { blankMark } from "./timeline_blanks.ts";
import { BAR } from "./timeline_scale.ts";
import type { Scale } from "./timeline_scale.ts";

export function driverLane(scene: Scene, scale: Scale): Child[] {
  const waits = [...scene.store.waits.values()]
    .filter((w) => w.task === null && w.start_s <= scene.t)
    .sort((a, b) => a.start_s - b.start_s);
  return [
    ...ownCode(scene, scale, waits),
    ...ticks(scene, scale),
    ...waits.filter((w) => scale.shows(w.start_s, w.end_s ?? scene.t)).map((wait) => waitMark(scene, scale, wait)),
  ];
}

const OWN_CODE = "The cell ran code of its own: it neither submitted a task nor waited for one.";

/** A tick for every submit and put; those within a pixel share one. */
function ticks(scene: Scene, scale: Scale): VNode[] {
  const { columns, puts } = scene.store;
  const pixels = new Set<number>();
  let last = -1;
  const mark = (t: number): void => {
    if (t < scene.start || t > scene.t || !scale.shows(t, t)) return;
    const x = Math.round(scale.x(t));
    if (x !== last) pixels.add(x);
    last = x;
  };
  for (let i = 0; i < columns.rows.length; i += 1) if (!((columns.flags[i] as number) & CHILD)) mark(columns.submitted[i] as number);
  for (const object of puts.values()) if (object.created_s !== null) mark(object.created_s);
  if (pixels.size === 0) return [];
  // One element for all: hundreds that move with the time would cost a frame each.
  return [h("path", { key: "ticks", class: "rt-cell-in", d: columnsOf([...pixels].sort((a, b) => a - b), scale.driverY + 3) })];
}

/** A rectangle for each row of neighbouring pixels. */
function columnsOf(pixels: readonly number[], y: number): string {
  let d = "";
  for (let i = 0; i < pixels.length; i += 1) {
    const x = pixels[i] as number;
    let wide = 1;
    while (pixels[i + 1] === x + wide) {
      wide += 1;
      i += 1;
    }
    d += `M${x} ${y}h${wide}v12h-${wide}z`;
  }
  return d;
}

function ownCode(scene: Scene, scale: Scale, waits: WaitRow[]): (VNode | null)[] {
  const until = scene.store.run.end_s ?? scene.t;
  const edges = [...waits.flatMap((w) => [w.start_s, w.end_s ?? scene.t]), Math.min(until, scene.t)];
  const lastTick = lastSubmit(scene, edges[0] ?? until);
  const marks: (VNode | null)[] = [];
  let from = Math.max(scene.start, lastTick);
  for (let i = 0; i < edges.length; i += 2) {
    const to = edges[i] ?? from;
    if (scale.x(to) - scale.x(from) > 16) {
      const text = "own code";
      marks.push(blankMark(scene, scale, scale.driverY, { from, to, text, why: OWN_CODE }, `own${from}`));
    }
    from = edges[i + 1] ?? to;
  }
  return marks;
}

/** The last submit before the first wait: own code is told after it, not through its ticks. */
function lastSubmit(scene: Scene, before: number): number {
  const { columns } = scene.store;
  let last = scene.start;
  for (let i = 0; i < columns.rows.length; i += 1) {
    const at = columns.submitted[i] as number;
    if (at > last && at <= before && !((columns.flags[i] as number) & CHILD)) last = at;
  }
  return last;
}

function waitMark(scene: Scene, scale: Scale, wait: WaitRow): VNode {
  const isOpen = wait.end_s === null || wait.end_s > scene.t;
  const x = scale.x(wait.start_s);
  const w = Math.max(2, scale.x(isOpen ? scene.t : (wait.end_s ?? scene.t)) - x - 1);
  const y = scale.driverY;
  const text = fit(words(scene, wait, isOpen), w - 8, 11, scene.measure);
  return h("g", { key: `w${wait.id}` },
    box("box", `wait-box${isOpen ? " open" : ""}`, x + 0.5, y + 0.5, w, BAR - 1, 2),
    text !== "" && say(x + 5, y + 13, text, "s", { key: "words" }),
    isOpen && due(scene, scale, wait, x + w, y));
}

/** What the call waits for, from full to short. "Ready" is said only of IDs in a wait. */
function words(scene: Scene, wait: WaitRow, isOpen: boolean): string[] {
  const { store, t } = scene;
  const total = wait.objects.length;
  const there = wait.objects.filter((id) => existsAt(store, id, t)).length;
  if (wait.kind === "wait") {
    const returned = wait.outcome.filter((o) => o === "ready").length;
    const long = isOpen
      ? `wait: ${Math.min(there, wait.num_returns)} of ${wait.num_returns} ready`
      : `wait: returned ${returned}${wait.reason === "timeout" ? ", timeout" : ""}`;
    return [long, "wait"];
  }
  const only = total === 1 && wait.objects[0] !== undefined ? `get ${objectLabel(store, wait.objects[0])}` : `get ${total} values`;
  return [isOpen && total > 1 ? `get: ${there} of ${total} there` : only, "get"];
}

/** The way to the timeout, dashed. */
function due(scene: Scene, scale: Scale, wait: WaitRow, x: number, y: number): VNode | null {
  if (wait.timeout_s === null || !(scene.isMoving || scene.isScrubbed)) return null;
  const end = scale.x(wait.start_s + wait.timeout_s);
  if (end <= x + 4 || end > scene.width - 2) return null;
  const m = y + BAR / 2;
  const text = fit(["times out"], end - x - 20, 11, scene.measure);
  return h("g", { key: "due" },
    h("line", { key: "way", class: "rt-due", x1: x, x2: end, y1: m, y2: m, "stroke-dasharray": "3 3" }),
    h("line", { key: "end", class: "rt-due", x1: end, x2: end, y1: y + 2, y2: y + 16, "stroke-width": 1.5 }),
    text !== "" && say((x + end) / 2, y + 13, text, "s ru halo", { key: "words", "text-anchor": "middle" }));
}
