// Pictures of many marks: one canvas under the drawing instead of an element per mark.

import { h } from "./dom.ts";
import type { VNode } from "./dom.ts";

const NAMES = ["bg", "edge", "ink", "ink2", "ink3", "run", "on-run", "wait", "done-fill", "fail", "fail-soft", "rule"] as const;

export type Palette = Readonly<Record<(typeof NAMES)[number], string>>;

// Written out: the build gives the variables short names where it finds them whole.
const VARIABLES: Readonly<Record<(typeof NAMES)[number], string>> = {
  bg: "--rt-bg", edge: "--rt-edge", ink: "--rt-ink", ink2: "--rt-ink2", ink3: "--rt-ink3", run: "--rt-run", "on-run": "--rt-on-run",
  wait: "--rt-wait", "done-fill": "--rt-done-fill", fail: "--rt-fail", "fail-soft": "--rt-fail-soft", rule: "--rt-rule",
};

const palettes = new WeakMap<Element, { key: string; palette: Palette }>();

/** The colours of the theme that an element stands in; read anew when the theme has changed. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const key = style.getPropertyValue(VARIABLES.bg) + style.getPropertyValue(VARIABLES.ink);
  const known = palettes.get(element);
  if (known?.key === key) return known.palette;
  const palette = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(VARIABLES[name]).trim()])) as Palette;
  palettes.set(element, { key, palette });
  return palette;
}

/** What a canvas remembers from one painting to the next; empty at the first. */
export type Kept = Record<string, unknown>;

/** With `isKept` what was painted before is still there: only what differs need be painted. */
export type Paint = (context: CanvasRenderingContext2D, palette: Palette, family: string, isKept: boolean, kept: Kept) => void;

const memories = new WeakMap<HTMLCanvasElement, { same: string; kept: Kept }>();

/** A canvas that `paint` fills at every drawing; while `same` is the same it is not cleared. */
export function canvas(key: string, width: number, height: number, same: string, paint: Paint): VNode {
  const scale = Math.min(2, globalThis.devicePixelRatio || 1);
  return h("canvas", {
    key, class: "rt-canvas", "aria-hidden": "true", width: Math.round(width * scale), height: Math.round(height * scale),
    style: `width:${width}px;height:${height}px`,
    paint: (element: HTMLCanvasElement) => {
      const context = element.getContext?.("2d") ?? null;
      if (context === null) return;
      const palette = paletteOf(element);
      const now = `${same} ${width} ${height} ${scale} ${palette.bg} ${palette.ink}`;
      const known = memories.get(element);
      const isKept = known?.same === now;
      const kept = isKept ? known.kept : {};
      memories.set(element, { same: now, kept });
      context.setTransform(scale, 0, 0, scale, 0, 0);
      if (!isKept) context.clearRect(0, 0, width, height);
      paint(context, palette, getComputedStyle(element).fontFamily, isKept, kept);
    },
  });
}
