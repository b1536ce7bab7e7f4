// The actors: per actor one lane for each caller, its next call nearest to the actor.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { across, emptyState, leftOut, picture, ring, selectable, text } from "../draw/marks.ts";
import { cut } from "../layout/labels.ts";
import { actorsAt, workOf } from "../model/actors.ts";
import type { ActorAt } from "../model/actors.ts";
import { taskKey } from "../model/graph.ts";
import { isOver, stateAt } from "../model/state.ts";
import { columnsFor, lanes, lanesHeight } from "./actor_lanes.ts";
import { LIFE, life, pastCalls } from "./actor_life.ts";
import { stepIn } from "./keys.ts";
import type { Arrow, Pane, Scene } from "./scene.ts";

/** Actors drawn at most; the table has all. */
const MOST_ACTORS = 40;
/** The words above the lanes. */
const COLUMNS = 28;
const HEAD = 24 + LIFE + COLUMNS;

export const actorsPane: Pane = {
  id: "actors",
  name: "Actors and their mailboxes",
  isClocked: true,
  draw: drawActors,
  step: (scene: Scene, from: string | null, arrow: Arrow) => stepIn(keysOf(scene), from, arrow),
};

function keysOf(scene: Scene): string[] {
  return actorsAt(scene.store, scene.t).slice(0, MOST_ACTORS).flatMap((at) => [
    taskKey(at.actor.id),
    ...at.running.map((call) => taskKey(call.id)),
    ...at.lines.flatMap((line) => line.calls.map((q) => taskKey(q.call.id))),
    ...pastCalls(scene, at.actor.id).filter((call) => isOver(stateAt(call, scene.t))).map((call) => taskKey(call.id)),
  ]);
}

function drawActors(scene: Scene): Child[] {
  const all = actorsAt(scene.store, scene.t);
  if (all.length === 0) return [noActor()];
  const shown = all.slice(0, MOST_ACTORS);
  let y = 2;
  const placed = shown.map((at) => {
    const top = y;
    y += HEAD + lanesHeight(at) + 10;
    return { at, top };
  });
  const { width } = scene;
  const entry = keysOf(scene).find((key) => key === scene.selected) ?? taskKey(shown[0]?.actor.id ?? 0);
  const drawing = picture("Actors and their mailboxes", width, y, {},
    placed.map(({ at, top }, i) => h("g", { key: at.actor.id },
      i > 0 && across(0, width, top - 5, "rule", { key: "rule" }),
      head(scene, at, top, entry),
      columnHeads(scene, at, top + LIFE),
      lanes(scene, at, top + HEAD, entry),
      life(scene, at, top + 24))));
  return [
    h("div", { key: "scroll", class: "rt-scroll" }, drawing),
    leftOut(all.length - shown.length, "actors"),
  ];
}

function head(scene: Scene, at: ActorAt, y: number, entry: string): VNode {
  const { actor } = at;
  const key = taskKey(actor.id);
  const name = actor.name === "" ? actor.label : `${actor.label} “${actor.name}”`;
  const isSelected = key === scene.selected;
  const work = workOf(at);
  const workW = scene.measure(work, 11);
  const nameW = scene.measure(name, 12, true);
  const room = scene.width - nameW - workW - 58;
  const spoken = `actor ${name}, ${at.words}${work === "" ? "" : `, ${work}`}`;
  return h("g", { key: "head", class: `rt-${at.state === "dead" ? "cancelled" : at.state === "starting" ? "queued" : "alive"}${isSelected ? " rt-sel" : ""}`, ...selectable(key, scene.selected, entry === key, spoken) },
    ring(0, y + 1, nameW + 34, 22),
    h("path", { key: "hex", class: "rt-hex", d: `M8 ${y + 4}h8l5 8-5 8h-8l-5-8z` }),
    at.state === "dead" && h("path", { key: "dead", class: "rt-line", d: `M8 ${y + 18}l8-12`, "stroke-width": 1.5 }),
    text(28, y + 16, name, "b label", { key: "name" }),
    text(38 + nameW, y + 16, cut(at.words, room, 11, scene.measure), at.state === "dead" ? "s fa" : "s i2", { key: "words" }),
    text(scene.width - 1, y + 16, work, "s i2", { key: "work", "text-anchor": "end" }));
}

/** The words above the lanes, where there are lanes. */
function columnHeads(scene: Scene, at: ActorAt, y: number): VNode | null {
  if (at.lines.length === 0) return null;
  const c = columnsFor(scene);
  const waits = at.lines.some((line) => line.calls.length > 0);
  return h("g", { key: "columns", "aria-hidden": "true" },
    text(c.left - 10, y + 42, "caller", "s i3", { key: "caller", "text-anchor": "end" }),
    waits && text(c.slot - 34, y + 42, "front of its line", "s i3", { key: "next", "text-anchor": "end" }),
    text(c.slot, y + 42, at.actor.max_concurrency > 1 ? `running: ${at.running.length} of ${at.actor.max_concurrency} slots` : "running", "s i3", { key: "running" }));
}

function noActor(): VNode {
  return emptyState("This run has made no actor up to now. An actor is a class with a process of its own, that keeps its state between calls:", "counter = Counter.remote()");
}
