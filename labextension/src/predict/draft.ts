// The answer while it is being made: what is chosen, and whether it is whole.

export type Place = [cpu: number, start: number];
export type Places = Record<string, Place>;
export type Answer = string[] | number | Places | null;

export interface Spec {
  kind: "pick" | "order" | "number" | "schedule";
  text: string;
  hint: string;
  names?: string[];
  count?: number | null;
  unit?: string;
  lengths?: number[];
  cpus?: number;
}

export class Draft {
  chosen: string[] = [];
  typed = "";
  places: Places = {};
  truth: Answer = null;
  verdict = "";

  constructor(readonly spec: Spec) {
    if (spec.kind === "order") this.chosen = [...this.names];
    if (spec.kind === "schedule") this.places = oneAfterAnother(this);
  }

  /** An order and a schedule stand there from the start: they count once they are touched. */
  isTouched = false;

  get names(): string[] {
    return this.spec.names ?? [];
  }

  get isOver(): boolean {
    return this.truth !== null;
  }

  lengthOf(name: string): number {
    return this.spec.lengths?.[this.names.indexOf(name)] ?? 1;
  }

  /** Steps that the picture of a schedule is wide: all bars after one another. */
  get steps(): number {
    const ends = [this.places, (this.truth ?? {}) as Places].flatMap((places) =>
      this.spec.kind === "schedule" ? Object.entries(places).map(([name, [, start]]) => start + this.lengthOf(name)) : []);
    return Math.max(...ends, (this.spec.lengths ?? []).reduce((sum, one) => sum + one, 0), 1);
  }

  get answer(): Answer {
    if (this.spec.kind === "number") return Number(this.typed);
    return this.spec.kind === "schedule" ? this.places : this.chosen;
  }

  /** An answer that the kernel will take. */
  get isWhole(): boolean {
    if (!this.isTouched) return false;
    if (this.spec.kind === "number") return this.typed.trim() !== "" && Number.isFinite(Number(this.typed));
    if (this.spec.kind !== "pick") return true;
    return this.spec.count == null ? this.chosen.length > 0 : this.chosen.length === this.spec.count;
  }

  /** What the kernel knows. */
  take(answer: Answer, truth: Answer, words: string): void {
    this.truth = truth;
    this.verdict = words;
    if (answer === null) return;
    this.isTouched = true;
    if (typeof answer === "number") {
      if (Number(this.typed) !== answer || this.typed === "") this.typed = String(answer);
    } else if (Array.isArray(answer)) this.chosen = [...answer];
    else this.places = { ...answer };
  }

  /** A button: "pick f-1", "up f-2", "down f-2", "keep". True if something changed. */
  act(action: string): boolean {
    const [verb = "", ...rest] = action.split(" ");
    const name = rest.join(" ");
    if (this.isOver) return false;
    if (verb === "keep") this.isTouched = true;
    else if (verb === "pick") return this.toggle(name);
    else return this.shift(name, verb === "up" ? -1 : 1);
    return true;
  }

  type(text: string): boolean {
    if (this.isOver || this.spec.kind !== "number") return false;
    this.typed = text.replace(",", ".");
    return (this.isTouched = true);
  }

  /** Put a bar somewhere if there is room. */
  place(name: string, cpu: number, start: number): boolean {
    const to: Place = [clamp(cpu, 1, this.spec.cpus ?? 1), Math.max(0, start)];
    const [oldCpu, oldStart] = this.places[name] ?? [0, 0];
    if (this.isOver || (to[0] === oldCpu && to[1] === oldStart) || this.isTaken(name, to)) return false;
    this.places = { ...this.places, [name]: to };
    return (this.isTouched = true);
  }

  private isTaken(name: string, [cpu, start]: Place): boolean {
    const end = start + this.lengthOf(name);
    return Object.entries(this.places).some(([other, [where, from]]) =>
      other !== name && where === cpu && from < end && start < from + this.lengthOf(other));
  }

  private toggle(name: string): boolean {
    const isChosen = this.chosen.includes(name);
    const chosen = isChosen ? this.chosen.filter((one) => one !== name) : [...this.chosen, name];
    // One too many: the one that was chosen first makes room.
    const { count } = this.spec;
    if (count != null && chosen.length > count) chosen.shift();
    this.chosen = chosen;
    return (this.isTouched = true);
  }

  private shift(name: string, by: number): boolean {
    const at = this.chosen.indexOf(name);
    const other = this.chosen[at + by];
    if (at < 0 || other === undefined) return false;
    this.chosen = this.chosen.map((one, i) => (i === at ? other : i === at + by ? name : one));
    return (this.isTouched = true);
  }
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function oneAfterAnother(draft: Draft): Places {
  let start = 0;
  return Object.fromEntries(draft.names.map((name) => {
    const place: Place = [1, start];
    start += draft.lengthOf(name);
    return [name, place];
  }));
}
