// Rows -> nodes and edges of the graph, added in order and never taken away.

import type { TaskRow } from "./rows.ts";
import { objectLabel, producer } from "./state.ts";
import type { RunStore } from "./store.ts";

/** Nodes drawn at most; the counts and the table know all tasks. */
export const GRAPH_CAP = 300;

export type NodeKind = "task" | "actor" | "put" | "outside";

export interface GraphNode {
  /** "t17" for a task, "o5.0" for an object without a task here */
  key: string;
  kind: NodeKind;
  /** the task's id, null for an object */
  task: number | null;
  /** the object's id, "" for a task */
  object: string;
  parents: string[];
  /** the cell it stands with in the picture of a session, "" in that of one run */
  lane: string;
  /** key of the outermost task that it is inside of, "" for none */
  inside: string;
}

/** "data": an argument; "starts": a task submitted it; "calls": the actor runs it. */
export interface GraphEdge {
  from: string;
  to: string;
  kind: "data" | "starts" | "calls";
  object: string;
}

export const taskKey = (id: number): string => `t${id}`;
export const objectKey = (id: string): string => `o${id}`;

/** The task behind a key, if the key names one of this run. */
export function taskOfKey(store: RunStore, key: string | null): TaskRow | null {
  return key?.startsWith("t") ? (store.tasks.get(Number(key.slice(1))) ?? null) : null;
}

/** What people call the node behind a key. */
export function labelOfKey(store: RunStore, key: string): string {
  return taskOfKey(store, key)?.label ?? objectLabel(store, key.slice(1));
}

type Home = Pick<GraphNode, "lane" | "inside">;

/** Cells are lanes where a picture shows more than one. */
export const laneOf = (store: RunStore, cell: string): string => (store.run.id === -1 ? cell : "");

/** The growing graph of one run. */
export class Graph {
  readonly nodes = new Map<string, GraphNode>();
  readonly edges: GraphEdge[] = [];
  readonly into = new Map<string, GraphEdge[]>();
  readonly outOf = new Map<string, GraphEdge[]>();
  /** tasks and objects that found no place under the cap */
  notDrawn = 0;

  /** Add what the store knows and the graph does not; returns the new nodes in order. */
  grow(store: RunStore): GraphNode[] {
    const fresh: GraphNode[] = [];
    this.notDrawn = 0;
    for (const object of store.objects.values()) {
      if (object.task === null) this.addObject(object.id, "put", { lane: laneOf(store, object.cell), inside: "" }, fresh);
    }
    const used = usedTasks(store);
    for (const task of store.tasks.values()) {
      if (!this.nodes.has(taskKey(task.id)) && isShown(task, used)) {
        this.addTask(store, task, fresh);
      }
    }
    return fresh;
  }

  private addTask(store: RunStore, task: TaskRow, fresh: GraphNode[]): void {
    if (this.nodes.size >= GRAPH_CAP) {
      this.notDrawn += 1;
      return;
    }
    const to = taskKey(task.id);
    const home = this.homeOf(store, task);
    const edges = this.edgesTo(store, task, to, home, fresh);
    const kind = task.kind === "creation" ? "actor" : "task";
    this.add({ key: to, kind, task: task.id, object: "", parents: edges.map((e) => e.from), ...home }, fresh);
    for (const edge of edges) this.connect(edge);
  }

  /** A task that another one submitted stands inside of the outermost of its ancestors. */
  private homeOf(store: RunStore, task: TaskRow): Home {
    const parent = task.parent === null ? undefined : this.nodes.get(taskKey(task.parent));
    if (parent === undefined) return { lane: laneOf(store, task.cell), inside: "" };
    return { lane: parent.lane, inside: parent.inside || parent.key };
  }

  private edgesTo(store: RunStore, task: TaskRow, to: string, home: Home, fresh: GraphNode[]): GraphEdge[] {
    const edges: GraphEdge[] = [];
    for (const object of new Set(task.inputs)) {
      const maker = producer(store, object);
      const from = maker === null ? objectKey(object) : taskKey(maker.id);
      if (maker === null) this.addObject(object, "outside", home, fresh);
      if (this.nodes.has(from)) edges.push({ from, to, kind: "data", object });
    }
    const link = (id: number | null, kind: "starts" | "calls"): void => {
      if (id !== null && this.nodes.has(taskKey(id))) {
        edges.push({ from: taskKey(id), to, kind, object: "" });
      }
    };
    link(task.parent, "starts");
    if (task.kind === "call") link(task.actor, "calls");
    return edges;
  }

  private addObject(object: string, kind: NodeKind, home: Home, fresh: GraphNode[]): void {
    const key = objectKey(object);
    if (this.nodes.has(key) || this.nodes.size >= GRAPH_CAP) return;
    this.add({ key, kind, task: null, object, parents: [], ...home }, fresh);
  }

  private add(node: GraphNode, fresh: GraphNode[]): void {
    this.nodes.set(node.key, node);
    fresh.push(node);
  }

  private connect(edge: GraphEdge): void {
    this.edges.push(edge);
    push(this.into, edge.to, edge);
    push(this.outOf, edge.from, edge);
  }

  /** The keys of all that the node comes from and all that follows from it, itself included. */
  lineage(key: string): Set<string> {
    const reach = (next: (at: string) => string[]): Set<string> => {
      const seen = new Set([key]);
      for (const at of seen) for (const other of next(at)) seen.add(other);
      return seen;
    };
    const up = reach((at) => (this.into.get(at) ?? []).map((e) => e.from));
    const down = reach((at) => (this.outOf.get(at) ?? []).map((e) => e.to));
    return new Set([...up, ...down]);
  }
}

/** A call made inside a task is told by its actor, unless data flows through it. */
function isShown(task: TaskRow, used: Set<number>): boolean {
  return task.kind !== "call" || task.parent === null || task.inputs.length > 0 || used.has(task.id);
}

function usedTasks(store: RunStore): Set<number> {
  const used = new Set<number>();
  for (const task of store.tasks.values()) {
    for (const object of task.inputs) used.add(Number(object.split(".")[0]));
  }
  return used;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
