// Arrow keys in a list of marks.

import type { Arrow } from "./scene.ts";

/** The neighbour in a list; the first when none of it is selected. */
export function stepIn(keys: readonly string[], from: string | null, arrow: Arrow): string | null {
  const at = from === null ? -1 : keys.indexOf(from);
  if (at < 0) return keys[0] ?? null;
  return keys[at + (arrow === "ArrowDown" || arrow === "ArrowRight" ? 1 : -1)] ?? null;
}
