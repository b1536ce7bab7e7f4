// Where a place of the layout lies on the page. The pitch is settled with the first
// tasks and never depends on the size of the graph: nodes stay where they are.

import type { Measure } from "../layout/labels.ts";
import { nameOf } from "../layout/labels.ts";
import type { Scene } from "./scene.ts";

export interface Geometry {
  pillW: number;
  pillH: number;
  pitchX: number;
  pitchY: number;
  /** room for the heads of the layers */
  top: number;
}

/** Glyph and margins of a pill beside its label. */
const BESIDE_LABEL = 27;

export function geometryOf({ isNarrow, pillWidth, layers }: Scene): Geometry {
  // Lanes have heads of their own, in place of those of the layers.
  const top = layers.blocks[0]?.isNewLane ? 0 : isNarrow ? 24 : 26;
  return isNarrow
    ? { pillW: Math.min(pillWidth, 84), pillH: 22, pitchX: Math.min(pillWidth, 84) + 24, pitchY: 28, top }
    : { pillW: pillWidth, pillH: 24, pitchX: pillWidth + 68, pitchY: 30, top };
}

/** Wide enough for the labels at hand, within bounds; longer ones are shortened. */
export function pillWidthFor(labels: readonly string[], measure: Measure): number {
  const widths = labels.map((label) => measure(nameOf(label), 12, true));
  return Math.round(Math.min(152, Math.max(76, ...widths.map((w) => w + BESIDE_LABEL))));
}

/** The left upper corner of a node's mark. */
export function placeOf(scene: Scene, key: string): { x: number; y: number } | null {
  const place = scene.layers.places.get(key);
  if (place === undefined) return null;
  const g = geometryOf(scene);
  return { x: 3 + place.layer * g.pitchX, y: g.top + 3 + place.slot * g.pitchY };
}
