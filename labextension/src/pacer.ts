// When to draw: on request, and on every frame while the run moves; slower when a
// drawing takes long, so that the page around it stays quick.

/** A full drawing (graph, counts, table) at most this often while only the clock runs. */
const FULL_EVERY_MS = 33;
/** While rows pour in, a drawing in parts begins at most this often: each part costs a frame its ease. */
const PARTS_EVERY_MS = 100;
/** Drawing may take at most this share of the time; tests, which turn frames by hand, lift it. */
export const pace = { share: 0.5 };

export class Pacer {
  private frame = 0;
  private isRequested = false;
  private nextMs = 0;
  private lastFullMs = -Infinity;
  private wasMoving = false;
  /** of a drawing in parts one is left */
  private isPart = false;
  private isYielding = false;
  /** rows have come since the drawing in parts began */
  private isFed = false;
  private beganMs = 0;

  constructor(
    /** returns true if it left a part for the next frame */
    private readonly paint: (isFull: boolean) => unknown,
    private readonly isMoving: () => boolean,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Something changed: draw all of it soon. */
  request(): void {
    this.isRequested = true;
    this.schedule();
  }

  /** This frame has had its work: draw in the next one. */
  yieldFrame(): void {
    this.isYielding = true;
    this.isFed = true;
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
    this.frame = -1;
  }

  private schedule(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.tick());
  }

  private tick(): void {
    this.frame = 0;
    const now = this.nowMs();
    const isMoving = this.isMoving();
    // The last frame of a run shows all of how it ended.
    if (this.wasMoving && !isMoving) this.isRequested = true;
    this.wasMoving = isMoving;
    const isFree = !this.isYielding;
    this.isYielding = false;
    if (now >= this.nextMs && isFree) this.draw(now);
    if (this.isRequested || this.isPart || isMoving || !isFree) this.schedule();
  }

  private draw(now: number): void {
    const isFull = this.isRequested || this.isPart || now - this.lastFullMs >= FULL_EVERY_MS;
    // What is asked for between two parts wants all parts once more.
    if (!this.isPart) this.isRequested = false;
    if (isFull) this.lastFullMs = now;
    const wasPart = this.isPart;
    if (!wasPart) this.beganMs = now;
    this.isPart = this.paint(isFull) === true;
    const took = this.nowMs() - now;
    this.nextMs = took > 4 && !this.isPart ? now + took / pace.share : 0;
    if (wasPart && !this.isPart && this.isFed) {
      this.nextMs = Math.max(this.nextMs, this.beganMs + PARTS_EVERY_MS);
      this.isFed = false;
    }
  }
}
