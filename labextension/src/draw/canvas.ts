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

export type Paint = (context: CanvasRenderingContext2D, palette: Palette, family: string) => void;

/** A canvas of `width` × `height` px that `paint` fills at every drawing. */
export function canvas(key: string, width: number, height: number, paint: Paint): VNode {
  const scale = Math.min(2, globalThis.devicePixelRatio || 1);
  return h("canvas", {
    key, class: "rt-canvas", "aria-hidden": "true", width: Math.round(width * scale), height: Math.round(height * scale),
    style: `width:${width}px;height:${height}px`,
    paint: (element: HTMLCanvasElement) => {
      const context = element.getContext?.("2d") ?? null;
      if (context === null) return;
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.clearRect(0, 0, width, height);
      paint(context, paletteOf(element), getComputedStyle(element).fontFamily);
    },
  });
}
