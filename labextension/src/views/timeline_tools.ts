// The tools of the timeline: the critical path, and how much of the run is shown.

import { h } from "../draw/dom.ts";
import type { VNode } from "../draw/dom.ts";
import { duration } from "../layout/axis.ts";
import type { Scene } from "./scene.ts";

export function tools(scene: Scene): VNode {
  const { ui, store } = scene;
  const hasPath = store.run.critical.length > 0;
  const tool = (action: string, sign: string, words: string, more: Record<string, string> = {}): VNode =>
    h("button", { key: action, type: "button", class: "rt-tool", "data-action": action, "aria-label": words, title: words, ...more }, sign);
  const shown = ui.zoom === null ? "" : `${duration(ui.zoom[0] - scene.start)} to ${duration(ui.zoom[1] - scene.start)}`;
  return h("div", { key: "tools", class: "rt-tools" },
    hasPath && tool("critical", "critical path", "Show the critical path", { "aria-pressed": String(ui.isCritical) }),
    h("span", { key: "space", class: "rt-space" }),
    h("span", { key: "shown", class: "rt-note" }, shown || (scene.isNarrow ? "" : "drag over a range to zoom in")),
    ui.zoom !== null && tool("zoom-all", "whole run", "Show the whole run"),
    ui.zoom !== null && tool("pan-back", "‹", "Earlier"),
    ui.zoom !== null && tool("pan", "›", "Later"),
    tool("zoom-out", "−", "Show more of the run", { "aria-disabled": String(ui.zoom === null) }),
    tool("zoom-in", "+", "Show less of the run, larger"));
}

/** The shortest part that can be shown. */
const SHORTEST_S = 2e-5;

/** Zoom by a factor around a moment; the whole run when nothing is left out. */
export function zoomBy(scene: Scene, factor: number, around: number): void {
  const [from, to] = scene.ui.zoom ?? [scene.start, scene.head];
  const length = Math.max(SHORTEST_S, (to - from) * factor);
  const share = to > from ? (around - from) / (to - from) : 0.5;
  show(scene, around - share * length, around + (1 - share) * length);
}

/** Move the part that is shown by a share of its length. */
export function panBy(scene: Scene, share: number): void {
  const { zoom } = scene.ui;
  if (zoom === null) return;
  const by = (zoom[1] - zoom[0]) * share;
  const most = scene.head - zoom[1];
  const least = scene.start - zoom[0];
  const moved = Math.max(least, Math.min(most, by));
  show(scene, zoom[0] + moved, zoom[1] + moved);
}

/** Show this part of the run. */
export function show(scene: Scene, from: number, to: number): void {
  const a = Math.max(scene.start, Math.min(from, to));
  const z = Math.min(scene.head, Math.max(from, to));
  const isAll = z - a >= (scene.head - scene.start) * 0.999;
  scene.ui.zoom = isAll || z <= a ? null : [a, Math.max(z, a + SHORTEST_S)];
}
