// Dragging the bars of a schedule, and moving them by keys.

import type { Draft } from "./draft.ts";

export const STEP_PX = 32;
export const LANE_PX = 34;

const KEYS: Readonly<Record<string, [cpus: number, steps: number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

/** Move bars; `change` hears whether one did. Returns the function that ends it. */
export function bindBars(root: HTMLElement, draft: Draft, change: (isChanged: boolean) => void): () => void {
  let held: { name: string; x: number; y: number; cpu: number; start: number } | null = null;
  const down = (event: PointerEvent): void => {
    const name = barOf(event);
    const place = name === null ? undefined : draft.places[name];
    if (name === null || place === undefined || draft.isOver) return;
    held = { name, x: event.clientX, y: event.clientY, cpu: place[0], start: place[1] };
    root.setPointerCapture?.(event.pointerId);
    event.preventDefault();
    (event.target as Element).closest<SVGElement>("[data-bar]")?.focus();
  };
  const move = (event: PointerEvent): void => {
    if (held === null) return;
    const lanes = Math.round((event.clientY - held.y) / LANE_PX);
    const steps = Math.round((event.clientX - held.x) / (STEP_PX * scaleOf(root)));
    change(draft.place(held.name, held.cpu + lanes, held.start + steps));
  };
  const up = (): void => {
    held = null;
  };
  const key = (event: KeyboardEvent): void => {
    const name = barOf(event);
    const by = KEYS[event.key];
    const place = name === null ? undefined : draft.places[name];
    if (name === null || by === undefined || place === undefined) return;
    event.preventDefault();
    change(draft.place(name, place[0] + by[0], place[1] + by[1]));
  };
  root.addEventListener("pointerdown", down);
  root.addEventListener("pointermove", move);
  root.addEventListener("pointerup", up);
  root.addEventListener("pointercancel", up);
  root.addEventListener("keydown", key);
  // The root goes with the view, and its listeners with it.
  return up;
}

function barOf(event: Event): string | null {
  return (event.target as Element).closest("[data-bar]")?.getAttribute("data-bar") ?? null;
}

/** A narrow page shrinks the picture: pixels of the page for one of the picture. */
function scaleOf(root: HTMLElement): number {
  const svg = root.querySelector("svg");
  const drawn = svg?.getBoundingClientRect().width ?? 0;
  const meant = Number(svg?.getAttribute("width") ?? 0);
  return drawn > 0 && meant > 0 ? drawn / meant : 1;
}
