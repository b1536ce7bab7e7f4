// The lanes of one actor: who called, what waits in which order, what runs.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { glyph, slug } from "../draw/glyphs.ts";
import { across, box, ring, selectable, text } from "../draw/marks.ts";
import { duration } from "../layout/axis.ts";
import { cut, fit, nameOf, numberOf } from "../layout/labels.ts";
import { isRestarting } from "../model/actors.ts";
import type { ActorAt, Line, Queued } from "../model/actors.ts";
import { taskKey } from "../model/graph.ts";
import { missingInputs } from "../model/lengths.ts";
import type { TaskRow } from "../model/rows.ts";
import { WORD, attemptAt, objectLabel, stateAt } from "../model/state.ts";
import type { Scene } from "./scene.ts";

const ROW = 26;
/** Callers with a lane of their own; the others share the last one. */
const MOST_LANES = 12;
const GAP = 6;

export interface Columns {
  /** right edge of the callers' names */
  left: number;
  /** left edge of the running calls */
  slot: number;
  slotW: number;
  callW: number;
}

export function columnsFor({ width, isNarrow }: Scene): Columns {
  const slotW = isNarrow ? 104 : 150;
  const aside = isNarrow ? 0 : 150;
  return { left: isNarrow ? 74 : 150, slot: width - slotW - aside - 2, slotW, callW: isNarrow ? 66 : 84 };
}

/** Free slots of a concurrent actor are drawn up to so many in all. */
const MOST_SLOTS = 6;

/** Slots that are drawn: those in use, and free ones as far as there are few. */
function slotsOf({ actor, running }: ActorAt): number {
  return Math.max(1, running.length, Math.min(actor.max_concurrency || 1, MOST_SLOTS));
}

export function lanesHeight(at: ActorAt): number {
  const rows = Math.min(at.lines.length, MOST_LANES + 1);
  return rows === 0 ? -10 : Math.max(rows, slotsOf(at)) * ROW;
}

export function lanes(scene: Scene, at: ActorAt, y: number, entry: string): Child[] {
  const c = columnsFor(scene);
  const shown = at.lines.slice(0, MOST_LANES);
  const rows = Math.min(at.lines.length, MOST_LANES + 1);
  const slots = slotsOf(at);
  const height = Math.max(rows, slots) * ROW;
  const top = y + (height - rows * ROW) / 2;
  const slotY = y + (height - slots * ROW) / 2;
  if (rows === 0) return [text(c.left, y - 14, idleWords(at, scene.t), "s i3", { key: "idle" })];
  return [
    ...shown.map((line, i) => lane(scene, at, line, top + i * ROW, c, entry)),
    ...shown.map((line, i) => funnel(c, line, i, top + i * ROW + 13, slotY + (slots * ROW) / 2)),
    at.lines.length > MOST_LANES && text(c.left - 10, top + MOST_LANES * ROW + 17, others(at.lines.slice(MOST_LANES)), "s i3", { key: "others" }),
    ...at.running.map((call, i) => slot(scene, at, call, slotY + i * ROW, c, entry)),
    ...Array.from({ length: slots - at.running.length }, (_, i) => freeSlot(c, slotY + (at.running.length + i) * ROW, slots > 1 && at.state === "alive" ? "free" : idleWords(at, scene.t))),
  ];
}

function freeSlot(c: Columns, y: number, words: string): VNode {
  return h("g", { key: `free${y}`, class: "rt-unfilled" },
    box("box", "box", c.slot + 0.5, y + 1.5, c.slotW - 1, ROW - 3, 2),
    text(c.slot + 12, y + 17, words, "s i3"));
}

function idleWords(at: ActorAt, t: number): string {
  if (at.state === "starting") return "not started yet";
  if (at.state === "dead") return "takes no more calls";
  if (isRestarting(at.actor, t)) return "is being restarted";
  const waits = at.lines.some((line) => line.calls.length > 0);
  if (at.next !== null) return "the next call is coming";
  return waits ? "waits for an input" : "idle: no call waits";
}

function others(lines: Line[]): string {
  const calls = lines.reduce((sum, line) => sum + line.calls.length, 0);
  return `${lines.length} more callers, ${calls} calls wait`;
}

function lane(scene: Scene, at: ActorAt, line: Line, y: number, c: Columns, entry: string): VNode {
  const right = c.slot - 26;
  const room = Math.max(1, Math.floor((right - c.left) / (c.callW + GAP)));
  const drawn = line.calls.slice(0, line.calls.length > room ? room - 1 : room);
  const hidden = line.calls.length - drawn.length;
  const isOwn = line.caller !== null && taskKey(line.caller.id) === scene.selected;
  const name = cut(nameOf(line.name), c.left - 12, 12, scene.measure);
  return h("g", { key: `lane${line.caller?.id ?? "cell"}` },
    text(c.left - 10, y + 17, name, isOwn ? "b" : "i2", { key: "caller", "text-anchor": "end" }),
    across(c.left, right + 6, y + 13, "rule", { key: "rail" }),
    drawn.map((queued, i) => call(scene, at, line, queued, i, right - (i + 1) * (c.callW + GAP) + GAP, y, c, entry)),
    hidden > 0 && text(c.left + 4, y + 17, `${hidden} more`, "s i3 halo", { key: "hidden" }),
    line.calls.length === 0 && line.isServed && text(right, y + 17, fit(["no other call waits: one is running", "one is running"], right - c.left, 11, scene.measure), "s i3 halo", { key: "served", "text-anchor": "end" }));
}

function call(scene: Scene, at: ActorAt, line: Line, { call: task, state }: Queued, i: number, x: number, y: number, c: Columns, entry: string): VNode {
  const key = taskKey(task.id);
  const isNext = at.next === task;
  const name = nameOf(task.label);
  const label = fit([name], c.callW - 26, 11, scene.measure) || numberOf(name) || cut(name, c.callW - 26, 11, scene.measure);
  const missing = missingInputs(scene.store, task, scene.t).map((id) => objectLabel(scene.store, id));
  const why = state === "needs input" && missing.length > 0 ? `, needs ${missing.join(" and ")}` : "";
  const place = isNext ? "goes next" : i === 0 ? "in front of its line" : `number ${i + 1} in its line`;
  const spoken = `${task.label} from ${line.name}, ${WORD[state]}${why}, ${place}`;
  return h("g", { key, class: `rt-call rt-${slug(state)}${i === 0 ? " rt-front" : ""}${key === scene.selected ? " rt-sel" : ""}`, ...selectable(key, scene.selected, entry === key, spoken) },
    ring(x - 2.5, y + 0.5, c.callW + 5, 25),
    box("box", "box", x + 0.5, y + 3.5, c.callW - 1, 19, 2),
    glyph(state, x + 11, y + 13),
    text(x + 21, y + 17, label, isNext ? "s b" : "s", { key: "label" }),
    isNext && h("path", { key: "next", class: "rt-arrow", d: `M${x + c.callW + 4} ${y + 13}h8m-3.5-3.5l3.5 3.5-3.5 3.5`, "stroke-width": 1.5 }));
}

/** From the end of a lane to the actor. */
function funnel(c: Columns, line: Line, i: number, y: number, middle: number): VNode {
  return h("path", { key: `funnel${i}`, class: `rt-edge${line.calls.length > 0 || line.isServed ? "" : " rt-dim"}`, d: `M${c.slot - 10} ${y}C${c.slot - 2} ${y} ${c.slot - 8} ${middle} ${c.slot} ${middle}` });
}

/** A running call with its clock, and whom it runs for. */
function slot(scene: Scene, at: ActorAt, task: TaskRow, y: number, c: Columns, entry: string): VNode {
  const key = taskKey(task.id);
  const state = stateAt(task, scene.t) ?? "running";
  const began = attemptAt(task, scene.t)?.start_s ?? scene.t;
  const clock = duration(scene.t - began);
  const isOn = state === "running";
  const room = c.slotW - 34 - (scene.isNarrow ? 0 : scene.measure(clock, 11) + 12);
  const caller = at.lines.find((line) => (line.caller?.id ?? null) === task.parent);
  const blocked = caller?.caller !== null && caller !== undefined && stateAt(caller.caller, scene.t) === "blocked";
  const name = nameOf(caller?.name ?? "");
  const asideX = c.slot + c.slotW + 10;
  const aside = (words: string, dy: number, key: string): VNode =>
    text(asideX, y + dy, cut(words, scene.width - asideX - 2, 11, scene.measure), "s i2", { key });
  return h("g", { key, class: `rt-${slug(state)}${key === scene.selected ? " rt-sel" : ""}`, ...selectable(key, scene.selected, entry === key, `${task.label}, ${WORD[state]} for ${clock}`) },
    ring(c.slot - 3, y - 2, c.slotW + 6, ROW + 4),
    box("box", "box", c.slot, y + 1, c.slotW, ROW - 2, 2),
    glyph(state, c.slot + 13, y + 13, isOn),
    text(c.slot + 24, y + 17, cut(nameOf(task.label), room, 12, scene.measure), "b label", { key: "name" }),
    !scene.isNarrow && text(c.slot + c.slotW - 8, y + 17, clock, "s label", { key: "clock", "text-anchor": "end" }),
    !scene.isNarrow && aside(`for ${name}`, blocked ? 10 : 17, "aside"),
    !scene.isNarrow && blocked && aside(`${name} is blocked on it`, 23, "blocked"));
}
