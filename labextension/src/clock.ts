// The moment that is shown. It runs with the page's clock between messages.

/**
 * How far the picture stays behind the newest rows, in seconds. Messages come in beats of
 * 50 ms; a picture at the very edge would draw bars that the next message shortens.
 */
const BEHIND_S = 0.03;
/** A leap beyond this is a clock that stood still, not a late message. */
const LEAP_S = 1;

export class Clock {
  private offset: number | null = null;

  constructor(private readonly nowMs: () => number) {}

  /** A message says that it is `kernelS` there now. */
  sync(kernelS: number): void {
    const offset = kernelS - this.nowMs() / 1000;
    const isLeap = this.offset === null || Math.abs(offset - this.offset) > LEAP_S;
    // A late message only makes the offset too small: the largest is the truest.
    this.offset = isLeap ? offset : Math.max(offset, this.offset ?? offset);
  }

  /** The moment to show while the run moves. */
  liveEdge(): number {
    return this.nowMs() / 1000 + (this.offset ?? 0) - BEHIND_S;
  }
}
