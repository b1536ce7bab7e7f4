// Many tasks as few nodes: one per function and layer, with counts instead of names.

import { laneOf, objectKey, taskKey } from "./graph.ts";
import type { TaskRow } from "./rows.ts";
import { STATES, objectLabel, producer } from "./state.ts";
import type { Counts, State } from "./state.ts";
import type { RunStore } from "./store.ts";

/** A run with more tasks than this is drawn in groups. */
export const GROUP_OVER = 200;

export interface Group {
  /** "g2 parse": layer and function; in the picture of a session the cell before them */
  key: string;
  /** the cell in the picture of a session, else "" */
  lane: string;
  /** groups stand inside of nothing */
  inside: "";
  /** the function, "put", or "from elsewhere" */
  name: string;
  layer: number;
  /** ids of its tasks, in order of submission */
  tasks: number[];
  /** their places in the columns of the store */
  places: number[];
  /** ids of its objects without a task here */
  objects: string[];
  parents: string[];
}

/** The growing graph of groups of one run; a group never goes away. */
export class Groups {
  readonly nodes = new Map<string, Group>();
  readonly into = new Map<string, Set<string>>();
  readonly outOf = new Map<string, Set<string>>();
  /** key of a task or object -> key of its group */
  private readonly home = new Map<string, string>();
  /** the group of each task, in order of appearance */
  private readonly homes: Group[] = [];

  /** Add what the store knows and the groups do not; returns the new groups. */
  grow(store: RunStore): Group[] {
    const fresh: Group[] = [];
    const { rows } = store.columns;
    for (const id of store.puts.keys()) this.addObject(id, "put", laneOf(store, store.puts.get(id)?.cell ?? ""), fresh);
    // After a resync the same tasks come in the same order.
    if (rows.length < this.homes.length) this.forget();
    for (let i = this.homes.length; i < rows.length; i += 1) {
      const task = rows[i] as TaskRow;
      if (!this.home.has(taskKey(task.id))) this.addTask(store, task, fresh);
      const home = this.nodes.get(this.home.get(taskKey(task.id)) ?? "") as Group;
      this.homes.push(home);
      home.places.push(i);
    }
    return fresh;
  }

  private forget(): void {
    this.homes.length = 0;
    for (const group of this.nodes.values()) group.places.length = 0;
  }

  /** The group that holds a selected task or object; a group's own key is itself. */
  groupOf(key: string | null): Group | null {
    if (key === null) return null;
    return this.nodes.get(key) ?? this.nodes.get(this.home.get(key) ?? "") ?? null;
  }

  private addTask(store: RunStore, task: TaskRow, fresh: Group[]): void {
    const parents = this.parentsOf(store, task, fresh);
    const layer = 1 + Math.max(-1, ...parents.map((key) => this.nodes.get(key)?.layer ?? -1));
    const group = this.group(layer, task.function, laneOf(store, task.cell), parents, fresh);
    group.tasks.push(task.id);
    this.home.set(taskKey(task.id), group.key);
    for (const parent of parents) this.connect(parent, group.key);
  }

  private parentsOf(store: RunStore, task: TaskRow, fresh: Group[]): string[] {
    const found = new Set<string>();
    const add = (key: string): void => {
      const home = this.home.get(key);
      if (home !== undefined) found.add(home);
    };
    for (const object of task.inputs) {
      const maker = producer(store, object);
      if (maker === null) this.addObject(object, "from elsewhere", laneOf(store, task.cell), fresh);
      add(maker === null ? objectKey(object) : taskKey(maker.id));
    }
    if (task.parent !== null) add(taskKey(task.parent));
    if (task.kind === "call" && task.actor !== null) add(taskKey(task.actor));
    return [...found];
  }

  private addObject(object: string, name: string, lane: string, fresh: Group[]): void {
    if (this.home.has(objectKey(object))) return;
    const group = this.group(0, name, lane, [], fresh);
    group.objects.push(object);
    this.home.set(objectKey(object), group.key);
  }

  private group(layer: number, name: string, lane: string, parents: string[], fresh: Group[]): Group {
    const key = `g${lane}${layer} ${name}`;
    const found = this.nodes.get(key);
    if (found !== undefined) return found;
    const made: Group = { key, name, layer, lane, inside: "", tasks: [], places: [], objects: [], parents };
    this.nodes.set(key, made);
    fresh.push(made);
    return made;
  }

  private connect(from: string, to: string): void {
    const add = (map: Map<string, Set<string>>, key: string, other: string): void => {
      map.set(key, (map.get(key) ?? new Set()).add(other));
    };
    add(this.into, to, from);
    add(this.outOf, from, to);
  }

  /** How many tasks of each group are in each state at t. */
  counts({ columns, revision }: RunStore, t: number): Map<string, Counts> {
    if (this.counted?.t === t && this.counted.revision === revision) return this.counted.result;
    const numbers = new Map([...this.nodes.values()].map((group) => [group, STATES.map(() => 0)]));
    for (let i = 0; i < this.homes.length; i += 1) {
      const code = columns.at(i, t);
      const counts = numbers.get(this.homes[i] as Group);
      if (code >= 0 && counts !== undefined) counts[code] = (counts[code] as number) + 1;
    }
    const result = new Map([...numbers].map(([group, counts]) => [group.key, Object.fromEntries(STATES.map((s, i) => [s, counts[i]])) as Record<State, number>]));
    this.counted = { t, revision, result };
    return result;
  }

  private counted: { t: number; revision: number; result: Map<string, Counts> } | null = null;
}

/** "parse × 600", or the label of the only member. */
export function nameOfGroup(store: RunStore, group: Group): string {
  const [task] = group.tasks;
  const [object] = group.objects;
  const size = group.tasks.length + group.objects.length;
  if (size > 1) return `${group.name} × ${size.toLocaleString("en")}`;
  if (task !== undefined) return store.tasks.get(task)?.label ?? group.name;
  return object === undefined || group.name !== "put" ? group.name : objectLabel(store, object);
}
