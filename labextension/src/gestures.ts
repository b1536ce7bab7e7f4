// The pointer on the timeline: drag over a range to zoom in, wheel with Ctrl or Shift.

import type { Scene } from "./views/scene.ts";
import { panBy, show, zoomBy } from "./views/timeline_tools.ts";

export interface Stage {
  scene(): Scene;
  redraw(): void;
}

/** A drag shorter than this is a click. */
const SHORTEST_PX = 5;

/** Listen on the root; returns the function that ends it. */
export function listenToTimeline(root: HTMLElement, stage: Stage): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  root.addEventListener("pointerdown", (event) => {
    const picture = timelineAt(event.target);
    if (picture === null || event.button !== 0 || event.pointerType === "touch") return;
    if ((event.target as Element).closest("[data-key]") === null) drag(picture, event, stage);
  }, { signal });
  root.addEventListener("wheel", (event) => {
    const picture = timelineAt(event.target);
    if (picture === null || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    const scene = stage.scene();
    const amount = event.deltaY === 0 ? event.deltaX : event.deltaY;
    if (event.shiftKey) panBy(scene, Math.sign(amount) * 0.1);
    else zoomBy(scene, amount > 0 ? 1.25 : 0.8, timeAt(picture, event.clientX));
    stage.redraw();
  }, { signal, passive: false });
  return () => stop.abort();
}

function timelineAt(target: EventTarget | null): Element | null {
  return target instanceof Element ? target.closest("[data-time]") : null;
}

/** The time under a pointer. */
function timeAt(picture: Element, clientX: number): number {
  const [left = 0, room = 1, from = 0, to = 1] = (picture.getAttribute("data-time") ?? "").split(" ").map(Number);
  const x = clientX - picture.getBoundingClientRect().left;
  return from + Math.max(0, Math.min(1, (x - left) / room)) * (to - from);
}

function drag(picture: Element, began: PointerEvent, stage: Stage): void {
  const stop = new AbortController();
  const { signal } = stop;
  const page = picture.ownerDocument;
  const from = timeAt(picture, began.clientX);
  const isShort = (event: PointerEvent): boolean => Math.abs(event.clientX - began.clientX) < SHORTEST_PX;
  page.addEventListener("pointermove", (event) => {
    stage.scene().ui.brush = isShort(event) ? null : [from, timeAt(picture, event.clientX)];
    stage.redraw();
  }, { signal });
  const end = (event: PointerEvent, isTaken: boolean): void => {
    stop.abort();
    const scene = stage.scene();
    scene.ui.brush = null;
    if (isTaken && !isShort(event)) show(scene, from, timeAt(picture, event.clientX));
    stage.redraw();
  };
  page.addEventListener("pointerup", (event) => end(event, true), { signal });
  page.addEventListener("pointercancel", (event) => end(event, false), { signal });
}
