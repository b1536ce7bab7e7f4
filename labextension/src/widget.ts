// The cell widget: anywidget calls `render` with its model and an element.

import type { Link } from "./link.ts";
import { mount } from "./view.ts";

/** The part of an anywidget model that is used here. */
export interface WidgetModel {
  get(name: string): unknown;
  send(message: unknown): void;
  on(event: string, listener: (message: unknown) => void): void;
  off(event: string, listener: (message: unknown) => void): void;
}

/** Jupyter's event for a comm that was lost or came back. */
const COMM_EVENT = "comm_live_update";

export function linkTo(model: WidgetModel): Link {
  const subscribe = (event: string, listener: (message: unknown) => void): (() => void) => {
    model.on(event, listener);
    return () => model.off(event, listener);
  };
  return {
    // A widget whose state was saved shows its last rows until a kernel answers.
    saved: model.get("snapshot"),
    send: (message) => {
      try {
        model.send(message);
      } catch {
        // The kernel has restarted and the comm is closed: nobody hears until it is back.
      }
    },
    onMessage: (listener) => subscribe("msg:custom", listener),
    onBreak: (listener) => subscribe(COMM_EVENT, listener),
  };
}

export function render({ model, el }: { model: WidgetModel; el: HTMLElement }): () => void {
  return mount(el, linkTo(model));
}

export default { render };
