// How a view and a kernel talk: the link, and the connection that keeps rows complete.

import { Commands } from "./commands.ts";
import { PROTOCOL_VERSION, isKernelMessage } from "./model/messages.ts";
import type { KernelMessage, ViewMessage } from "./model/messages.ts";
import type { RunStore } from "./model/store.ts";

/** JSON messages both ways: an anywidget model, a comm, or a saved snapshot. */
export interface Link {
  /** A snapshot from an earlier time: shown until the kernel answers. */
  saved?: unknown;
  /** Nobody will ever answer: a saved page. */
  isOffline?: boolean;
  send(message: ViewMessage): void;
  /** Returns the function that ends the subscription. */
  onMessage(listener: (message: unknown) => void): () => void;
  /** Called when the other side is lost or may have come back. */
  onBreak?(listener: () => void): () => void;
}

/** Timers, so that tests can turn the clock themselves. */
export interface Timers {
  every(ms: number, action: () => void): () => void;
}

export const pageTimers: Timers = {
  every(ms, action) {
    const id = setInterval(action, ms);
    return () => clearInterval(id);
  },
};

const HELLO_EVERY_MS = 200;
/** Unanswered hellos after which the view says that nobody answers. */
const HELLOS_BEFORE_DOUBT = 15;
/** From then on only every tenth beat asks: a kernel that is gone need not be flooded. */
const SLOW_BEAT = 10;

/** Says hello until a snapshot comes, and asks for a new one after a gap. */
export class Connection {
  /** hellos since the last snapshot; a few are normal while a cell starts */
  private unanswered = 0;
  private stopAsking: (() => void) | null = null;
  private readonly ends: (() => void)[] = [];
  /** what a person asks of the kernel through this link */
  readonly commands: Commands;

  constructor(
    private readonly link: Link,
    private readonly store: RunStore,
    private readonly timers: Timers,
    private readonly onChange: (message: KernelMessage | null) => void,
  ) {
    this.commands = new Commands((message) => link.send(message), timers, () => onChange(null));
    this.ends.push(link.onMessage((message) => this.receive(message)));
    if (link.onBreak !== undefined) this.ends.push(link.onBreak(() => this.ask("hello")));
    this.show(link.saved);
    if (link.isOffline !== true) this.ask("hello");
  }

  /** Nobody has answered for a while. */
  get isSilent(): boolean {
    return this.unanswered >= HELLOS_BEFORE_DOUBT;
  }

  close(): void {
    this.stopAsking?.();
    this.commands.close();
    for (const end of this.ends) end();
  }

  private ask(kind: "hello" | "resync"): void {
    this.stopAsking?.();
    this.unanswered = 0;
    const send = (): void => {
      this.unanswered += 1;
      const isDue = !this.isSilent || this.unanswered % SLOW_BEAT === 0;
      if (isDue) this.link.send(kind === "hello" ? { type: "hello", version: PROTOCOL_VERSION } : { type: "resync" });
      if (this.unanswered === HELLOS_BEFORE_DOUBT) this.onChange(null);
    };
    this.stopAsking = this.timers.every(HELLO_EVERY_MS, send);
    send();
  }

  private show(saved: unknown): void {
    if (!isKernelMessage(saved) || saved.type !== "snapshot") return;
    const message = { ...saved, live: false };
    this.store.apply(message);
    this.onChange(message);
  }

  private receive(message: unknown): void {
    if (!isKernelMessage(message)) return;
    if (message.type === "ask") this.link.send({ type: "here" });
    if (message.type === "reply") this.commands.receive(message);
    if (message.type === "log") this.store.late.take(message);
    if (message.type === "snapshot" || message.type === "changes") {
      const outcome = this.store.apply(message);
      if (outcome === "gap" && this.store.isKnown && this.stopAsking === null) this.ask("resync");
      if (outcome !== "applied") return;
      if (message.type === "snapshot") this.settle();
    }
    this.onChange(message);
  }

  private settle(): void {
    this.stopAsking?.();
    this.stopAsking = null;
    this.unanswered = 0;
  }
}
