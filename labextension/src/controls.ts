// What a person does with a view: pointer and keyboard in, intents out.

import { isArrow } from "./views/scene.ts";
import type { Arrow } from "./views/scene.ts";

export interface Intents {
  select(key: string | null): void;
  /** an arrow key on a mark of a pane */
  step(pane: string, arrow: Arrow): void;
  /** Enter on a mark: its details */
  open(key: string): void;
  /** a button with `data-action` */
  act(action: string, button: HTMLElement): void;
  /** the slider was dragged to this share of the run */
  scrub(share: number): void;
  /** a mark's key, "?" and words that explain, or null */
  hover(key: string | null, x: number, y: number): void;
  /** the mark of a canvas under a point of its drawing */
  hit(pane: string, x: number, y: number): string | null;
}

/** Listen on the root; returns the function that ends it. */
export function listen(root: HTMLElement, intents: Intents): () => void {
  const stop = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(
    type: K,
    handler: (event: HTMLElementEventMap[K]) => void,
  ): void => root.addEventListener(type, handler, { signal: stop.signal });

  on("click", (event) => {
    const button = closest(event.target, "[data-action]");
    const mark = closest(event.target, "[data-key]");
    if (button !== null) intents.act(button.getAttribute("data-action") ?? "", button);
    else if (mark !== null) intents.select(mark.getAttribute("data-key"));
    else if (closest(event.target, "svg") !== null) intents.select(hitKey(event, intents));
  });
  on("pointerdown", (event) => {
    const track = closest(event.target, "[data-scrub]");
    if (track === null || event.button !== 0) return;
    track.focus();
    drag(track, event, (share) => intents.scrub(share));
  });
  on("keydown", (event) => {
    if (onKey(event, intents)) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
  on("pointermove", (event) => {
    const box = root.getBoundingClientRect();
    const mark = closest(event.target, "[data-key], [data-tip]");
    const words = mark?.getAttribute("data-tip");
    const key = mark?.getAttribute("data-key") ?? hitKey(event, intents) ?? (words ? `?${words}` : null);
    intents.hover(event.pointerType === "touch" ? null : key, event.clientX - box.left, event.clientY - box.top);
  });
  on("pointerleave", () => intents.hover(null, 0, 0));
  return () => stop.abort();
}

/** The mark of a canvas that a pointer is on. */
function hitKey(event: MouseEvent, intents: Intents): string | null {
  const drawing = closest(event.target, "svg[data-hit]");
  const pane = closest(drawing, "[data-pane]")?.getAttribute("data-pane") ?? null;
  if (drawing === null || pane === null) return null;
  const box = drawing.getBoundingClientRect();
  return intents.hit(pane, event.clientX - box.left, event.clientY - box.top);
}

/** Returns whether the key was ours. */
function onKey(event: KeyboardEvent, intents: Intents): boolean {
  if (event.altKey || event.ctrlKey || event.metaKey || (event.shiftKey && event.key !== "+")) return false;
  if (event.key === "Escape") {
    intents.hover(null, 0, 0);
    intents.select(null);
    return true;
  }
  if (isArrow(event.key) && turnTab(event)) return true;
  const slider = closest(event.target, "[data-scrub]");
  const move = SLIDER_KEYS[event.key];
  if (slider !== null && move !== undefined) {
    intents.act(move, slider);
    return true;
  }
  const button = closest(event.target, "svg [data-action]");
  if (button !== null && (event.key === "Enter" || event.key === " ")) {
    intents.act(button.getAttribute("data-action") ?? "", button);
    return true;
  }
  const zoom = ZOOM_KEYS[event.key];
  if (zoom !== undefined && closest(event.target, '[data-pane="timeline"]') !== null) {
    intents.act(zoom, closest(event.target, "*") as HTMLElement);
    return true;
  }
  const mark = closest(event.target, "[data-key]");
  const pane = closest(event.target, "[data-pane]")?.getAttribute("data-pane");
  if (mark === null || pane === undefined || pane === null) return false;
  if (isArrow(event.key)) intents.step(pane, event.key);
  else if (event.key === "Enter" || event.key === " ") intents.open(mark.getAttribute("data-key") ?? "");
  else return false;
  return true;
}

/** Left and right move by a hundredth, up and down from event to event. */
const SLIDER_KEYS: Readonly<Record<string, string>> = {
  ArrowLeft: "nudge-back", ArrowRight: "nudge", PageDown: "leap-back", PageUp: "leap",
  ArrowDown: "back", ArrowUp: "next", Home: "to-start", End: "live", " ": "play",
};

/** With the keyboard on the timeline. */
const ZOOM_KEYS: Readonly<Record<string, string>> = {
  "+": "zoom-in", "=": "zoom-in", "-": "zoom-out", 0: "zoom-all", "[": "pan-back", "]": "pan",
};

/** Follow the pointer on a track until it is let go. */
function drag(track: HTMLElement, event: PointerEvent, take: (share: number) => void): void {
  const [edge = 0, room = 1] = (track.getAttribute("data-scrub") ?? "").split(" ").map(Number);
  const stop = new AbortController();
  const follow = (x: number): void => {
    const { left } = track.getBoundingClientRect();
    take(Math.max(0, Math.min(1, (x - left - edge) / room)));
  };
  follow(event.clientX);
  const page = track.ownerDocument;
  page.addEventListener("pointermove", (moved) => follow(moved.clientX), { signal: stop.signal });
  for (const end of ["pointerup", "pointercancel"]) page.addEventListener(end, () => stop.abort(), { signal: stop.signal });
}

/** Left and right on a tab open its neighbour. */
function turnTab(event: KeyboardEvent): boolean {
  const tab = closest(event.target, '[role="tab"]');
  const way = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (tab === null || way === 0) return false;
  const tabs = [...(tab.parentElement?.children ?? [])] as HTMLElement[];
  const next = tabs[(tabs.indexOf(tab) + way + tabs.length) % tabs.length];
  next?.click();
  next?.focus();
  return true;
}

function closest(target: EventTarget | null, selector: string): HTMLElement | null {
  return target instanceof Element ? (target.closest(selector) as HTMLElement | null) : null;
}
