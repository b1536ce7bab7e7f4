// The bars of a timeline that has more of them than a page should have elements.

import { canvas } from "../draw/canvas.ts";
import type { Paint, Palette } from "../draw/canvas.ts";
import type { VNode } from "../draw/dom.ts";
import { fit, nameOf, shorter } from "../layout/labels.ts";
import { isBlockedAt, stateAt } from "../model/state.ts";
import type { Scene } from "./scene.ts";
import { OPEN_PX } from "./timeline_marks.ts";
import type { Placed } from "./timeline_marks.ts";
import { BAR } from "./timeline_scale.ts";
import type { PlacedLane, Scale } from "./timeline_scale.ts";

export interface LaneMarks {
  lane: PlacedLane;
  marks: Placed[];
}

/** Rows of the latest moments may still change: so far back a painting is renewed. */
const RENEWED_S = 1;
/** And all of it so often, whatever came late. */
const WHOLE_MS = 3000;

export function barsOnCanvas(scene: Scene, scale: Scale, lanes: readonly LaneMarks[]): VNode {
  const { axis } = scale;
  const places = lanes.map(({ lane }) => `${lane.lane.id}@${lane.y}`).join();
  const same = `${scene.store.run.id} ${axis.from} ${axis.to} ${places}`;
  const paint: Paint = (context, palette, family, isKept, kept) => {
    const before = kept["t"] as number | undefined;
    const isPart = isKept && before !== undefined && scene.t >= before && performance.now() - (kept["wholeMs"] as number) < WHOLE_MS;
    kept["t"] = scene.t;
    if (!isPart) {
      kept["wholeMs"] = performance.now();
      context.clearRect(0, 0, scene.width, scale.height);
    }
    const since = isPart ? before - (scene.isMoving ? RENEWED_S : 0) : -Infinity;
    const edge = scale.x(since) - 6;
    const due = lanes.map(({ lane, marks }) => ({ y: lane.y, marks: isPart ? marks.filter((mark) => mark.isOpen || mark.x + mark.w >= edge) : marks }));
    context.font = `11px ${family}`;
    context.textBaseline = "alphabetic";
    if (isPart) for (const { y, marks } of due) for (const { x, w } of marks) context.clearRect(x - 1, y, Math.max(w, OPEN_PX) + 2, BAR);
    paintPlain(context, palette, due);
    for (const { y, marks } of due) for (const mark of marks) if (!isPlain(mark)) paintMark(context, palette, scene, y, mark);
  };
  return canvas("bars", scene.width, scale.height, same, paint);
}

/** Most bars of a large run: done, and too short for a name. */
function isPlain({ count, isOpen, w, bar }: Placed): boolean {
  return !isOpen && (count > 1 || (w < 14 && bar.attempt.outcome === "done"));
}

/** All of one colour together: changing the colour costs more than a rectangle. */
function paintPlain(context: CanvasRenderingContext2D, palette: Palette, lanes: readonly { y: number; marks: readonly Placed[] }[]): void {
  context.fillStyle = palette["done-fill"];
  for (const { y, marks } of lanes) for (const mark of marks) if (isPlain(mark)) context.fillRect(mark.x, y, Math.max(1, mark.w), BAR);
  context.fillStyle = palette.edge;
  for (const { y, marks } of lanes) for (const mark of marks) if (isPlain(mark)) context.fillRect(mark.x, y + BAR - 1.5, Math.max(1, mark.w), 1.5);
}

/** Label and line of a finished bar, its box, and what stands under it, by state. */
function paintMark(context: CanvasRenderingContext2D, p: Palette, scene: Scene, y: number, mark: Placed): void {
  const { x, w, isOpen, count, bar } = mark;
  if (count > 1) {
    box(context, x, y, w, isOpen ? p.run : p["done-fill"], null);
    if (!isOpen) line(context, x, y, w, p.edge);
    return;
  }
  const isLost = bar.attempt.outcome === "lost";
  const state = isOpen ? (isBlockedAt(bar.task, scene.t) ? "blocked" : "running") : bar.isLast ? (stateAt(bar.task, scene.t) ?? "done") : bar.attempt.outcome || "done";
  if (state === "running") box(context, x, y, w, p.run, null);
  else if (state === "failed") box(context, x, y, w, p["fail-soft"], p.fail);
  else if (state === "done") box(context, x, y, w, p["done-fill"], null);
  else box(context, x, y, w, p.bg, isLost ? p.edge : state === "blocked" ? p.run : p.edge);
  if (!isOpen) line(context, x, y, w, state === "failed" ? p.fail : p.edge);
  const label = w < 14 ? "" : fit(shorter(bar.task.kind === "call" ? nameOf(bar.task.label) : bar.task.label), w - 8, 11, scene.measure);
  if (label === "") return;
  context.fillStyle = state === "running" ? p["on-run"] : state === "failed" ? p.fail : p.ink;
  context.fillText(label, x + 5, y + 13);
}

function box(context: CanvasRenderingContext2D, x: number, y: number, w: number, fill: string, stroke: string | null): void {
  context.fillStyle = fill;
  context.fillRect(x, y, Math.max(1, w), BAR);
  if (stroke === null || w < 3) return;
  context.strokeStyle = stroke;
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, y + 0.5, w - 1, BAR - 1);
}

function line(context: CanvasRenderingContext2D, x: number, y: number, w: number, colour: string): void {
  context.fillStyle = colour;
  context.fillRect(x, y + BAR - 1.5, Math.max(1, w), 1.5);
}
