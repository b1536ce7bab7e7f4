// The lines that came after the cell had ended, in order, as far as they came.

import type { Late } from "./messages.ts";

/** Lines kept; the tasks' own logs have the rest. */
const KEPT = 2000;

export class LateLines {
  lines: [string, string, string][] = [];
  /** how many lines came before those that are kept */
  missed = 0;

  clear(): void {
    this.lines = [];
    this.missed = 0;
  }

  /** Take a message: one that comes twice changes nothing, lines in between may be missing. */
  take({ start, lines }: Late): void {
    const next = this.missed + this.lines.length;
    if (start > next) {
      this.missed = start;
      this.lines = [];
    }
    this.lines.push(...lines.slice(Math.max(0, next - start)));
    const over = this.lines.length - KEPT;
    if (over > 0) {
      this.lines.splice(0, over);
      this.missed += over;
    }
  }
}
