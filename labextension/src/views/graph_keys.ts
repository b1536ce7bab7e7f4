// Arrow keys on the graph: left to an input, right to a dependent, up and down in a layer.

import type { Arrow, Scene } from "./scene.ts";

/** The node that an arrow leads to; the first node when none is selected. */
export function neighbour(scene: Scene, from: string | null, arrow: Arrow): string | null {
  const { graph, layers } = scene;
  const place = from === null ? undefined : layers.places.get(from);
  if (from === null || place === undefined) return graph.nodes.keys().next().value ?? null;
  const slotOf = (key: string): number => layers.places.get(key)?.slot ?? 0;
  const nearest = (keys: string[]): string | null =>
    keys.sort((a, b) => Math.abs(slotOf(a) - place.slot) - Math.abs(slotOf(b) - place.slot))[0] ?? null;
  if (arrow === "ArrowLeft") return nearest((graph.into.get(from) ?? []).map((e) => e.from));
  if (arrow === "ArrowRight") return nearest((graph.outOf.get(from) ?? []).map((e) => e.to));
  const isBelow = arrow === "ArrowDown";
  const others = [...layers.places]
    .filter(([key, p]) => key !== from && p.layer === place.layer && p.slot > place.slot === isBelow)
    .map(([key]) => key);
  return nearest(others);
}
