// Where a place of the layout lies on the page. The pitch never depends on the size of
// the graph: nodes stay where they are while it grows.

import type { Scene } from "./scene.ts";

export interface Geometry {
  pillW: number;
  pillH: number;
  pitchX: number;
  pitchY: number;
  /** room for the heads of the layers */
  top: number;
}

const WIDE: Geometry = { pillW: 104, pillH: 24, pitchX: 172, pitchY: 30, top: 26 };
const NARROW: Geometry = { pillW: 76, pillH: 22, pitchX: 104, pitchY: 28, top: 24 };

export const GEOMETRY = (scene: Scene): Geometry => (scene.isNarrow ? NARROW : WIDE);

/** The left upper corner of a node's mark. */
export function placeOf(scene: Scene, key: string): { x: number; y: number } | null {
  const place = scene.layers.places.get(key);
  if (place === undefined) return null;
  const g = GEOMETRY(scene);
  return { x: 3 + place.layer * g.pitchX, y: g.top + 3 + place.slot * g.pitchY };
}
