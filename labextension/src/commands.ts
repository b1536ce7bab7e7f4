// Commands to the kernel: which are on their way, and whether it hears them at all.

import type { Reply, ViewMessage } from "./model/messages.ts";
import type { Timers } from "./link.ts";

/** A kernel that hears answers within some ms; one that does not is busy with the cell. */
const DEAF_AFTER_MS = 1500;

export class Commands {
  /** what the kernel said against the latest command, "" if nothing */
  error = "";
  /** a command has waited for so long that the kernel cannot hear it now */
  isDeaf = false;
  private latest = 0;
  private readonly pending = new Set<number>();
  private stopWaiting: (() => void) | null = null;

  constructor(
    private readonly post: (message: ViewMessage) => void,
    private readonly timers: Timers,
    private readonly onChange: () => void,
  ) {}

  get isPending(): boolean {
    return this.pending.size > 0;
  }

  give(name: string, args: Record<string, unknown> = {}): void {
    if (this.isDeaf) return;
    const id = (this.latest += 1);
    this.pending.add(id);
    this.stopWaiting ??= this.timers.every(DEAF_AFTER_MS, () => this.doubt());
    this.post({ type: "command", id, name, args });
    this.onChange();
  }

  receive({ id, error }: Reply): void {
    this.pending.delete(id);
    this.error = error;
    this.isDeaf = false;
    this.rest();
    if (this.isPending) this.stopWaiting = this.timers.every(DEAF_AFTER_MS, () => this.doubt());
  }

  close(): void {
    this.rest();
  }

  private doubt(): void {
    this.rest();
    this.isDeaf = this.isPending;
    this.onChange();
  }

  private rest(): void {
    this.stopWaiting?.();
    this.stopWaiting = null;
  }
}
