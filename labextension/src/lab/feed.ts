// Follows the kernel of the active notebook and hears how busy rayteach is there.
// Both sides open a comm: the kernel when the extension is loaded after the page, the page
// when it was reloaded after the extension. Whichever comm answers is heard.

import { PROTOCOL_VERSION, isKernelMessage } from "../model/messages.ts";
import type { FeedState } from "./status.ts";
import type { Comm, CommTarget, Kernel, SessionContext } from "./types.ts";

export const TARGET = "rayteach.panel";

const HELLO_EVERY_MS = 200;
/** A kernel whose thread is busy answers late; more hellos would only pile up there. */
const MOST_HELLOS = 25;

export class PanelFeed {
  private context: SessionContext | null = null;
  private kernel: Kernel | null = null;
  private readonly comms = new Set<Comm>();
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly tell: (state: FeedState, kernel: Kernel | null) => void) {
    this.show("hidden");
  }

  private show(state: FeedState): void {
    this.tell(state, this.kernel);
  }

  /** Hear the kernel of this notebook from now on. */
  follow(context: SessionContext | null): void {
    if (context === this.context) return;
    this.context?.kernelChanged.disconnect(this.onKernel);
    this.context?.statusChanged.disconnect(this.onStatus);
    this.context = context;
    context?.kernelChanged.connect(this.onKernel);
    context?.statusChanged.connect(this.onStatus);
    this.onKernel();
  }

  private readonly onKernel = (): void => {
    this.leave();
    const kernel = this.context?.session?.kernel ?? null;
    if (kernel === null) this.show("hidden");
    else void this.join(kernel);
  };

  private readonly onStatus = (_: SessionContext, status: string): void => {
    // A restarted kernel has forgotten its comms; it opens one when the extension is loaded.
    if (status === "restarting" || status === "autorestarting") this.forget();
  };

  private async join(kernel: Kernel): Promise<void> {
    this.kernel = kernel;
    const info = await kernel.info;
    if (this.kernel !== kernel || kernel.isDisposed) return;
    if (info.language_info.name !== "python") {
      this.show("hidden");
      return;
    }
    this.show("absent");
    kernel.registerCommTarget(TARGET, this.onOpened);
    const comm = kernel.createComm(TARGET);
    this.hear(comm);
    comm.open();
    this.greet();
  }

  private readonly onOpened: CommTarget = (comm) => {
    this.hear(comm);
    this.greet();
  };

  private hear(comm: Comm): void {
    this.comms.add(comm);
    comm.onMsg = (message) => {
      const { data } = message.content;
      if (!isKernelMessage(data) || data.type !== "status") return;
      clearInterval(this.timer);
      this.show(data);
    };
    comm.onClose = () => {
      this.comms.delete(comm);
      if (this.comms.size === 0) this.forget();
    };
  }

  private greet(): void {
    clearInterval(this.timer);
    let sent = 0;
    const hello = (): void => {
      sent += 1;
      if (sent >= MOST_HELLOS || this.kernel === null || this.kernel.isDisposed) clearInterval(this.timer);
      if (this.kernel?.isDisposed === true) return;
      for (const comm of this.comms) {
        if (!comm.isDisposed) comm.send({ type: "hello", version: PROTOCOL_VERSION });
      }
    };
    this.timer = setInterval(hello, HELLO_EVERY_MS);
    hello();
  }

  private forget(): void {
    clearInterval(this.timer);
    this.comms.clear();
    if (this.kernel !== null) this.show("absent");
  }

  private leave(): void {
    clearInterval(this.timer);
    const { kernel } = this;
    this.kernel = null;
    for (const comm of this.comms) if (!comm.isDisposed) comm.close();
    this.comms.clear();
    if (kernel !== null && !kernel.isDisposed) kernel.removeCommTarget(TARGET, this.onOpened);
  }
}
