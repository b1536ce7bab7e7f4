// The tasks of a large group: a square each in order of submission, its colour the state.
// Painted pixel by pixel, so that 100,000 of them are one picture.

import { h } from "../draw/dom.ts";
import type { VNode } from "../draw/dom.ts";
import { picture, ring, selectable } from "../draw/marks.ts";
import { canvas } from "../draw/canvas.ts";
import type { Palette } from "../draw/canvas.ts";
import { taskKey } from "../model/graph.ts";
import type { Group } from "../model/groups.ts";
import { STATES, WORD, stateAt } from "../model/state.ts";
import type { State } from "../model/state.ts";
import type { Scene } from "./scene.ts";

/** Larger groups get smaller squares. */
const PITCHES: readonly [number, number][] = [[2000, 11], [12_000, 7], [40_000, 5], [Infinity, 4]];

interface Field {
  pitch: number;
  columns: number;
  height: number;
}

function fieldOf(scene: Scene, group: Group): Field {
  const pitch = PITCHES.find(([most]) => group.tasks.length <= most)?.[1] ?? 4;
  const columns = Math.max(1, Math.floor((scene.width - 8) / pitch));
  return { pitch, columns, height: Math.ceil(group.tasks.length / columns) * pitch + 8 };
}

const COLOUR: Readonly<Record<State, keyof Palette>> = {
  running: "run", blocked: "run", queued: "wait", "needs input": "rule", done: "edge", failed: "fail", cancelled: "ink3", "cannot run": "ink3",
};

export function field(scene: Scene, group: Group): VNode {
  const { pitch, columns, height } = fieldOf(scene, group);
  const { columns: tasks } = scene.store;
  const places = group.places;
  const size = pitch - 1;
  const same = `${scene.store.run.id} ${group.key} ${pitch} ${columns}`;
  const paint = canvas("field", scene.width, height, same, (context, palette, _family, isKept, kept) => {
    const before = isKept ? (kept["codes"] as Int8Array | undefined) : undefined;
    const codes = new Int8Array(places.length);
    const due: number[][] = STATES.map(() => []);
    for (let i = 0; i < places.length; i += 1) {
      const code = tasks.at(places[i] as number, scene.t);
      codes[i] = code;
      if (before !== undefined && before[i] === code) continue;
      if (before !== undefined) context.clearRect(4 + (i % columns) * pitch, 4 + Math.floor(i / columns) * pitch, pitch, pitch);
      if (code >= 0) (due[code] as number[]).push(i);
    }
    kept["codes"] = codes;
    due.forEach((list, code) => {
      const state = STATES[code] as State;
      context.fillStyle = palette[COLOUR[state]];
      // Read without colour: what is over or not ready lies small, what runs or fails fills its square.
      const inset = state === "done" || state === "needs input" ? size * 0.25 : 0;
      for (const i of list) context.fillRect(4 + (i % columns) * pitch + inset, 4 + Math.floor(i / columns) * pitch + inset, size - 2 * inset, size - 2 * inset);
    });
  });
  return h("div", { key: "stage", class: "rt-stage" }, paint,
    picture(`Tasks of ${group.name}, a square each`, scene.width, height, { "data-hit": true }, entry(scene, group, pitch, columns)));
}

/** One square is an element, for the keyboard: the selected task, else the first. */
function entry(scene: Scene, group: Group, pitch: number, columns: number): VNode | null {
  const selected = group.tasks.findIndex((id) => taskKey(id) === scene.selected);
  const at = Math.max(0, selected);
  const task = scene.store.tasks.get(group.tasks[at] ?? -1);
  if (task === undefined) return null;
  const state = stateAt(task, scene.t);
  const key = taskKey(task.id);
  const x = 4 + (at % columns) * pitch;
  const y = 4 + Math.floor(at / columns) * pitch;
  return h("g", { key: "entry", class: selected >= 0 ? "rt-sel" : "", ...selectable(key, scene.selected, true, `${task.label}, ${state === null ? "not submitted yet" : WORD[state]}`) },
    ring(x - 2, y - 2, pitch + 3, pitch + 3),
    h("rect", { key: "hover", class: "rt-hover", x, y, width: pitch, height: pitch }));
}

/** The task under a point of the field. */
export function taskInField(scene: Scene, group: Group, x: number, y: number): string | null {
  const { pitch, columns } = fieldOf(scene, group);
  const column = Math.floor((x - 4) / pitch);
  const at = Math.floor((y - 4) / pitch) * columns + column;
  const id = column < 0 || column >= columns ? undefined : group.tasks[at];
  return id === undefined ? null : taskKey(id);
}
