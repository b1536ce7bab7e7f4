// Which moment is shown: the newest one, one that a person chose, or one that plays on.

/** How fast a recorded run plays; one button goes through them. */
export const SPEEDS = [1, 2, 5, 10, 0.01, 0.1, 0.5] as const;

export class Player {
  speed: number = SPEEDS[0];
  /** the chosen moment, null while the newest is followed */
  private at: number | null = null;
  private sinceMs: number | null = null;

  constructor(private readonly nowMs: () => number) {}

  get isFollowing(): boolean {
    return this.at === null;
  }

  get isPlaying(): boolean {
    return this.sinceMs !== null;
  }

  /** The moment to show, at most `head`; a run that played to its end is followed again. */
  moment(head: number): number {
    if (this.at === null) return head;
    if (this.sinceMs !== null) {
      const now = this.nowMs();
      this.at += ((now - this.sinceMs) / 1000) * this.speed;
      this.sinceMs = now;
    }
    if (this.at >= head) this.follow();
    return this.at ?? head;
  }

  follow(): void {
    this.at = null;
    this.sinceMs = null;
  }

  /** Show a moment and stay there; the newest one is followed. */
  seek(t: number, start: number, head: number): void {
    this.sinceMs = null;
    this.at = t >= head ? null : Math.max(start, t);
  }

  /** Play on from the moment shown, from the start when it is the end; or stop playing. */
  toggle(start: number): void {
    if (this.isPlaying) {
      this.sinceMs = null;
      return;
    }
    this.at ??= start;
    this.sinceMs = this.nowMs();
  }

  faster(): void {
    const next = (SPEEDS as readonly number[]).indexOf(this.speed) + 1;
    this.speed = SPEEDS[next % SPEEDS.length] ?? 1;
  }
}
