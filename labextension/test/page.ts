// A page without a browser: a DOM whose frames the test turns by hand.

import { Window } from "happy-dom";

import { pace } from "../src/pacer.ts";
import { loadMore } from "../src/parts.ts";

// Both parts of the code: no test waits for the second one.
await loadMore();

// A slow machine must not make a turned frame draw nothing.
pace.share = Infinity;

export interface Page {
  document: Document;
  /** Run the frames that were asked for. */
  turn(): void;
  press(key: string, on: Element): void;
  click(on: Element): void;
  /** A pointer event at x px from the left of the page. */
  point(type: string, on: Element, x: number): void;
}

const WIDTH_PX = 900;

/** Make the globals that the view uses; nothing runs by itself. */
export function openPage(width = WIDTH_PX): Page {
  const window = new Window({ url: "https://localhost/" });
  let frames: (() => void)[] = [];
  Object.defineProperty(window.HTMLElement.prototype, "clientWidth", { get: () => width, configurable: true });
  Object.assign(globalThis, {
    window,
    document: window.document,
    Element: window.Element,
    ShadowRoot: window.ShadowRoot,
    getComputedStyle: (element: never) => window.getComputedStyle(element),
    ResizeObserver: class {
      observe(): void {}
      disconnect(): void {}
    },
    requestAnimationFrame: (frame: () => void) => frames.push(frame),
    cancelAnimationFrame: () => {
      frames = [];
    },
  });
  return {
    document: window.document as unknown as Document,
    turn() {
      const due = frames;
      frames = [];
      for (const frame of due) frame();
    },
    press(key, on) {
      const event = new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
      on.dispatchEvent(event as unknown as Event);
    },
    point(type, on, x) {
      on.dispatchEvent(new window.PointerEvent(type, { bubbles: true, button: 0, clientX: x }) as unknown as Event);
    },
    click(on) {
      on.dispatchEvent(new window.MouseEvent("click", { bubbles: true }) as unknown as Event);
    },
  };
}
