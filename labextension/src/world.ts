// What a view knows of its run: the rows, and the pictures' layouts, which only grow.

import { measureIn } from "./layout/labels.ts";
import { Blocks } from "./layout/blocks.ts";
import { Graph, labelOfKey } from "./model/graph.ts";
import { GROUP_OVER, Groups } from "./model/groups.ts";
import { lastChange } from "./model/state.ts";
import { RunStore } from "./model/store.ts";
import { pillWidthFor } from "./views/graph_geometry.ts";

/** A group is as high as two tasks. */
const HEADS_OF_GROUPS = { lane: 0.5, frame: 0, foot: 0.2 };

export class World {
  readonly store = new RunStore();
  graph = new Graph();
  groups: Groups | null = null;
  layers = new Blocks();
  pillWidth = 0;
  readonly measure;
  private run = "";

  constructor(family: string) {
    this.measure = measureIn(family);
  }

  /** Take up what a message has brought; returns whether another run is shown from now on. */
  take(isSnapshot: boolean): boolean {
    const isOther = isSnapshot && this.startAfresh();
    this.growGraph();
    if (this.pillWidth === 0) this.settleWidth();
    return isOther;
  }

  /** A snapshot of the same run keeps its nodes where they are. */
  private startAfresh(): boolean {
    const run = `${this.store.run.id}/${this.store.run.execution}`;
    if (run === this.run) return false;
    this.run = run;
    this.graph = new Graph();
    this.groups = null;
    this.layers = new Blocks(this.store.run.id === -1);
    this.pillWidth = 0;
    return true;
  }

  /** Once there are many tasks their groups take the place of the graph, for good. */
  private growGraph(): void {
    if (this.groups === null && (this.store.tasks.size > GROUP_OVER || this.graph.notDrawn > 0)) {
      this.groups = new Groups();
      this.layers = new Blocks(this.store.run.id === -1, HEADS_OF_GROUPS);
    }
    this.layers.place(this.groups === null ? this.graph.grow(this.store) : this.groups.grow(this.store));
  }

  private settleWidth(): void {
    const labels = [...this.graph.nodes.keys()].map((key) => labelOfKey(this.store, key));
    if (labels.length > 0) this.pillWidth = pillWidthFor(labels, this.measure);
  }

  /** The moment a run rests at: its last change, or what a saved or lost one last knew. */
  restS(): number {
    const last = lastChange(this.store);
    if (last >= this.store.nowS) return last;
    return this.store.columns.unfinished > 0 ? this.store.nowS : last;
  }
}
