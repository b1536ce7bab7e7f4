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
  hover(key: string | null, x: number, y: number): void;
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
    else if (closest(event.target, "svg") !== null) intents.select(null);
  });
  on("keydown", (event) => {
    if (onKey(event, intents)) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
  on("pointermove", (event) => {
    const box = root.getBoundingClientRect();
    const key = closest(event.target, "[data-key]")?.getAttribute("data-key") ?? null;
    intents.hover(event.pointerType === "touch" ? null : key, event.clientX - box.left, event.clientY - box.top);
  });
  on("pointerleave", () => intents.hover(null, 0, 0));
  return () => stop.abort();
}

/** Returns whether the key was ours. */
function onKey(event: KeyboardEvent, intents: Intents): boolean {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
  if (event.key === "Escape") {
    intents.hover(null, 0, 0);
    intents.select(null);
    return true;
  }
  if (isArrow(event.key) && turnTab(event)) return true;
  const button = closest(event.target, "svg [data-action]");
  if (button !== null && (event.key === "Enter" || event.key === " ")) {
    intents.act(button.getAttribute("data-action") ?? "", button);
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
