// The line of the side panel to the whole session of a kernel: a comm that talks as every view.

import type { Link } from "../link.ts";
import type { Comm, Kernel } from "./types.ts";

export const TARGET = "rayteach.session";

/** label of a cell -> its id in the notebook */
export type Cells = Readonly<Record<string, string>>;

export interface Ears {
  onCells(cells: Cells): void;
  /** rows may have changed */
  onRows(): void;
  onClose(): void;
}

export class SessionLine {
  private readonly comm: Comm;
  private readonly listeners = new Set<(message: unknown) => void>();

  constructor(kernel: Kernel, ears: Ears) {
    this.comm = kernel.createComm(TARGET);
    this.comm.onMsg = ({ content: { data } }) => {
      const { type, cells } = data as { type?: string; cells?: Cells };
      if (type === "cells") ears.onCells(cells ?? {});
      else for (const listener of this.listeners) listener(data);
      ears.onRows();
    };
    this.comm.onClose = () => ears.onClose();
    this.comm.open();
  }

  send(message: unknown): void {
    this.attempt(() => this.comm.send(message));
  }

  close(): void {
    this.attempt(() => this.comm.close());
  }

  /** A kernel that is gone or restarts takes nothing: the next status says what is. */
  private attempt(action: () => unknown): void {
    if (this.comm.isDisposed) return;
    try {
      action();
    } catch {
      this.listeners.clear();
    }
  }

  get link(): Link {
    return {
      send: (message) => this.send(message),
      onMessage: (listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
    };
  }
}
