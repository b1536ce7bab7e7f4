// One shape per state: read without colour, named by a word beside it.

import type { State } from "../model/state.ts";
import { h } from "./dom.ts";
import type { VNode } from "./dom.ts";

/** A glyph around (0, 0), 12 px across. `on` says it stands on a running bar. */
export function glyph(state: State, x: number, y: number, on = false): VNode {
  const at = { transform: `translate(${x} ${y})`, class: `rt-glyph rt-${slug(state)}${on ? " rt-on" : ""}` };
  return h("g", { key: "glyph", ...at }, ...SHAPES[state]());
}

const ring = (extra: Record<string, string> = {}): VNode =>
  h("circle", { class: "rt-line", r: 4.5, "stroke-width": 1.6, ...extra });

const stroke = (d: string, width = 1.6): VNode =>
  h("path", { class: "rt-line", d, "stroke-width": width, "stroke-linecap": "round" });

const SHAPES: Readonly<Record<State, () => VNode[]>> = {
  "needs input": () => [ring({ "stroke-dasharray": "2.2 1.9" })],
  queued: () => [ring(), h("circle", { class: "rt-solid", r: 1.5 })],
  running: () => [h("circle", { class: "rt-solid", r: 5 })],
  blocked: () => [ring(), h("path", { class: "rt-line", d: "M-1.5-2.2v4.4M1.5-2.2v4.4", "stroke-width": 1.5 })],
  done: () => [h("path", {
    class: "rt-line", d: "M-4 0l3 3.2 5.2-6.4", "stroke-width": 1.8,
    "stroke-linecap": "round", "stroke-linejoin": "round",
  })],
  failed: () => [
    h("path", { class: "rt-solid", d: "M0-6l6 6-6 6-6-6z" }),
    h("path", { class: "rt-cross", d: "M-2-2l4 4m0-4l-4 4", "stroke-width": 1.5 }),
  ],
  cancelled: () => [ring(), stroke("M-2.1 0h4.2")],
  "cannot run": () => [ring(), stroke("M-2.9 2.9l5.8-5.8")],
};

/** A tick in brackets: ready, but held back by `num_returns`. */
export function bracketedTick(x: number, y: number): VNode {
  return h("g", { key: "glyph", transform: `translate(${x} ${y})`, class: "rt-glyph rt-queued" },
    stroke("M-3.5-5.5h-2.5v11h2.5M3.5-5.5h2.5v11h-2.5"), stroke("M-2.6 0l2 2.2 3.4-4.4"));
}

/** The glyph as a picture of its own, for lines of text. */
export function icon(state: State): VNode {
  const box = { width: 13, height: 13, viewBox: "-6.5 -6.5 13 13", class: "rt-icon" };
  return h("svg", { key: "icon", ...box, "aria-hidden": "true" }, glyph(state, 0, 0));
}

/** "cannot run" -> "cannot-run", for class names. */
export function slug(state: string): string {
  return state.replaceAll(" ", "-");
}
