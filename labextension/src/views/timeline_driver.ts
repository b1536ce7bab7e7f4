// The cell's own lane: its submits, puts, gets and waits, and its own code between them.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { box, text as say } from "../draw/marks.ts";
import { bytes, duration } from "../layout/axis.ts";
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
  const ticks = ticksOf(scene, scale);
  return [
    ...ownCode(scene, scale, ticks, waits),
    ...ticks.map((tick) => tickMark(scene, scale, tick)),
    ...waits.filter((w) => scale.shows(w.start_s, w.end_s ?? scene.t)).map((wait) => waitMark(scene, scale, wait)),
  ];
}

const OWN_CODE = "The cell ran code of its own: it neither submitted a task nor waited for one.";
/** In the picture of a session there are times without any cell. */
const NO_CALL = "Nobody submitted a task or waited for one: a cell ran code of its own, or none ran.";

/** What happened in one pixel: submits and puts. */
interface Tick {
  from: number;
  to: number;
  names: string[];
  count: number;
  hasPut: boolean;
}

/** Names that a tick tells on hover. */
const TOLD = 6;

/** The submits and puts that show; those within a pixel are one. */
function ticksOf(scene: Scene, scale: Scale): Tick[] {
  const { columns, puts } = scene.store;
  const found = new Map<number, Tick>();
  const mark = (t: number, isPut: boolean, name: () => string): void => {
    if (t < scene.start || t > scene.t || !scale.shows(t, t)) return;
    const x = Math.round(scale.x(t));
    const tick = found.get(x) ?? { from: t, to: t, names: [], count: 0, hasPut: false };
    if (tick.count === 0) found.set(x, tick);
    tick.from = Math.min(tick.from, t);
    tick.to = Math.max(tick.to, t);
    tick.hasPut ||= isPut;
    if (tick.count < TOLD) tick.names.push(name());
    tick.count += 1;
  };
  for (let i = 0; i < columns.rows.length; i += 1) {
    if (!((columns.flags[i] as number) & CHILD)) mark(columns.submitted[i] as number, false, () => columns.rows[i]?.label ?? "");
  }
  for (const object of puts.values()) if (object.created_s !== null) mark(object.created_s, true, () => `${object.label}${object.size_bytes === null ? "" : ` (${bytes(object.size_bytes)})`}`);
  return [...found.values()];
}

/** A line for submits, a square for a put. */
function tickMark(scene: Scene, scale: Scale, { from, names, count, hasPut }: Tick): VNode {
  const x = Math.round(scale.x(from));
  const y = scale.driverY;
  const why = `At ${duration(from - scene.start)}: ${names.join(", ")}${count > names.length ? ` and ${count - names.length} more` : ""}.`;
  return h("g", { key: `k${x}`, "data-tip": why },
    h("line", { key: "tick", class: "rt-tick", x1: x + 0.5, x2: x + 0.5, y1: y + 3, y2: y + 15 }),
    hasPut && box("put", "value there", x - 2, y + 6.5, 5, 5),
    h("rect", { key: "hover", class: "rt-hover", x: x - 2, y, width: 5, height: BAR }));
}

/** The times between, in which the cell did something of its own. */
function ownCode(scene: Scene, scale: Scale, ticks: readonly Tick[], waits: readonly WaitRow[]): (VNode | null)[] {
  const isSession = scene.store.run.id === -1;
  const until = Math.min(scene.store.run.end_s ?? scene.t, scene.t);
  const taken = [...ticks, ...waits.map((w) => ({ from: w.start_s, to: Math.min(w.end_s ?? scene.t, scene.t) }))].sort((a, b) => a.from - b.from);
  const marks: (VNode | null)[] = [];
  let from = scene.start;
  for (const next of [...taken, { from: until, to: until }]) {
    if (next.from > from && scale.x(next.from) - scale.x(from) > 16) {
      const blank = { from, to: next.from, text: isSession ? "" : "own code", why: isSession ? NO_CALL : OWN_CODE };
      marks.push(blankMark(scene, scale, scale.driverY, blank, `own${from}`));
    }
    from = Math.max(from, next.to);
  }
  return marks;
}

function waitMark(scene: Scene, scale: Scale, wait: WaitRow): VNode {
  const isOpen = wait.end_s === null || wait.end_s > scene.t;
  const x = scale.x(wait.start_s);
  const w = Math.max(2, scale.x(isOpen ? scene.t : (wait.end_s ?? scene.t)) - x - 1);
  const y = scale.driverY;
  const text = fit(words(scene, wait, isOpen), w - 8, 11, scene.measure);
  const why = `${words(scene, wait, isOpen)[0] ?? ""}${wait.line > 0 ? `, line ${wait.line}` : ""}: ${duration((isOpen ? scene.t : (wait.end_s ?? scene.t)) - wait.start_s)}${isOpen ? " up to now" : ""}.`;
  return h("g", { key: `w${wait.id}`, "data-tip": why },
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
