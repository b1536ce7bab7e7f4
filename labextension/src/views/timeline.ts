// The timeline: who ran what when. A blank carries its cause; the cell's own gets and
// waits stand in the first lane.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { picture, text as say } from "../draw/marks.ts";
import { duration, tickLabel, unitOf } from "../layout/axis.ts";
import { taskKey } from "../model/graph.ts";
import { hatch } from "./graph.ts";
import type { Arrow, Pane, Scene } from "./scene.ts";
import { more } from "../parts.ts";
import { barMark, barMarks } from "./timeline_bars.ts";
import type { LaneMarks } from "./timeline_canvas.ts";
import { barAt, marksOf } from "./timeline_marks.ts";
import type { Placed } from "./timeline_marks.ts";
import { tools } from "./timeline_tools.ts";
import { ROW, scaleOf } from "./timeline_scale.ts";
import type { Scale } from "./timeline_scale.ts";

/** From so many marks on a canvas takes their place. */
export const CANVAS_OVER = 300;

export const timelinePane: Pane = {
  id: "timeline",
  name: "Timeline of workers",
  isClocked: true,
  draw: drawTimeline,
  step: (scene: Scene, from: string | null, arrow: Arrow) => more()?.stepInTime(scene, from, arrow) ?? null,
  hit: (scene: Scene, x: number, y: number) => {
    const bar = barAt(scene, scaleOf(scene), x, y);
    return bar === null ? null : taskKey(bar.task.id);
  },
};

function drawTimeline(scene: Scene): Child[] {
  if (scene.store.tasks.size === 0) return [];
  const scale = scaleOf(scene);
  const { width } = scene;
  const { axis } = scale;
  const time = `${scale.left} ${scale.room} ${axis.from} ${axis.to}`;
  const lanes = scale.groups.flatMap((group) => group.placed);
  const marked = lanes.map((lane) => ({ lane, marks: marksOf(scene, scale, lane) }));
  const isMany = marked.reduce((sum, { marks }) => sum + marks.length, 0) > CANVAS_OVER;
  const drawing = picture("Timeline of workers", width, scale.height, { key: "timeline", "data-time": time, "data-hit": isMany },
    hatch(`${scene.uid}-t`),
    h("g", { key: "axis", "aria-hidden": "true" }, axisMarks(scene, scale)),
    h("g", { key: "names", "aria-hidden": "true" }, laneNames(scene, scale)),
    h("g", { key: "arrows", "aria-hidden": "true" }, more()?.arrows(scene, scale, lanes) ?? []),
    h("g", { key: "blanks", "aria-hidden": "true" }, lanes.flatMap((lane) => more()?.blanks(scene, scale, lane, isMany) ?? [])),
    h("g", { key: "driver" }, more()?.driverLane(scene, scale) ?? []),
    h("g", { key: "between", "aria-hidden": "true" }, more()?.between(scene, scale, lanes) ?? []),
    h("g", { key: "links", "aria-hidden": "true" }, more()?.criticalLinks(scene, scale, lanes) ?? []),
    h("g", { key: "bars" }, isMany ? [entryMark(scene, scale, marked)] : marked.map(({ lane, marks }) => h("g", { key: lane.lane.id }, barMarks(scene, scale, lane, marks)))),
    (scene.isMoving || scene.isScrubbed) && scale.shows(scene.t, scene.t) && nowLine(scene, scale),
    brush(scene, scale));
  return [
    tools(scene),
    h("div", { key: "stage", class: "rt-stage" }, isMany && (more()?.barsOnCanvas(scene, scale, marked) ?? null), drawing),
    why(scene),
  ];
}

/** Of the bars on a canvas one is an element, for the keyboard: the selected one, else the first. */
function entryMark(scene: Scene, scale: Scale, marked: readonly LaneMarks[]): VNode | null {
  const isSelected = ({ bar, count }: Placed): boolean => count === 1 && taskKey(bar.task.id) === scene.selected;
  const at = (scene.selected === null ? undefined : marked.find(({ marks }) => marks.some(isSelected))) ?? marked.find(({ marks }) => marks.length > 0);
  const mark = (scene.selected === null ? undefined : at?.marks.find(isSelected)) ?? at?.marks[0];
  return at === undefined || mark === undefined ? null : barMark(scene, scale, mark, at.lane.y, Infinity, 0);
}

/** The range that is being drawn with the pointer. */
function brush({ ui }: Scene, scale: Scale): VNode | null {
  if (ui.brush === null) return null;
  const [a, z] = [scale.x(ui.brush[0]), scale.x(ui.brush[1])];
  return h("rect", { key: "brush", class: "rt-brush", x: Math.min(a, z), y: 18, width: Math.abs(z - a), height: scale.height - 18 });
}

/** With the critical path shown: what it took, and where the rest of the time went. */
function why({ ui, store }: Scene): VNode | null {
  if (!ui.isCritical || store.run.why_not_faster === "") return null;
  return h("div", { key: "why", class: "rt-critical-words" }, h("b", { key: "what" }, "Why not faster? "), store.run.why_not_faster);
}

function axisMarks(scene: Scene, scale: Scale): VNode[] {
  const { axis } = scale;
  const now = scene.isMoving || scene.isScrubbed ? scale.x(scene.t) : -1000;
  return axis.ticks.flatMap((tick, i) => {
    const x = scale.x(scene.start + tick);
    const text = `${tickLabel(tick, axis.step)}${i === 0 && tick > 0 ? unitOf(axis.step) : ""}`;
    const isFree = Math.abs(x - now) > scene.measure(text, 11) / 2 + 32;
    const anchor = x > scene.width - 14 ? "end" : "middle";
    return [
      h("line", { key: `l${i}`, class: "rt-rule", x1: x, x2: x, y1: 20, y2: scale.height - 4 }),
      ...(isFree ? [say(x, 12, text, "s i3", { key: `t${i}`, "text-anchor": anchor })] : []),
    ];
  });
}

function laneNames(scene: Scene, scale: Scale): VNode[] {
  const several = scale.groups.length > 1;
  const right = { x: scale.left - 8, "text-anchor": "end", class: "rt-s rt-i2" };
  const names = [h("text", { key: "driver", ...right, y: scale.driverY + 13 }, "cell")];
  for (const group of scale.groups) {
    names.push(h("line", { key: `r${group.node}`, class: "rt-rule", x1: 0, x2: scene.width, y1: group.y, y2: group.y }));
    if (several) {
      const label = scene.isNarrow ? group.node : `node ${group.node}`;
      names.push(say(0, group.y + 17, label, "b", { key: `n${group.node}` }));
    }
    if (group.copiesY !== null) names.push(h("text", { key: `c${group.node}`, ...right, y: group.copiesY + 13 }, scene.isNarrow ? "copies" : "copies in"));
    for (const { lane, y } of group.placed) {
      const label = scene.isNarrow ? lane.label.replace("worker ", "w ") : lane.label;
      names.push(h("text", { key: lane.id, ...right, y: y + 13 }, label));
    }
    if (group.idle > 0) {
      const y = (group.placed.at(-1)?.y ?? group.y - ROW + 4) + ROW + 13;
      const text = `${group.idle} more ${group.idle === 1 ? "worker" : "workers"}: no task of this cell`;
      names.push(say(scale.left + 5, y, text, "s i3", { key: `i${group.node}` }));
    }
  }
  return names;
}

/** The live edge with the clock above it. */
function nowLine(scene: Scene, scale: Scale): VNode {
  const x = scale.x(scene.t);
  return h("g", { key: "now", "aria-hidden": "true" },
    h("line", { class: "rt-now", x1: x, x2: x, y1: 18, y2: scale.height - 2 }),
    h("text", { class: "rt-s rt-b", x, y: 12, "text-anchor": x > scene.width - 24 ? "end" : "middle" },
      duration(scene.t - scene.start)));
}

