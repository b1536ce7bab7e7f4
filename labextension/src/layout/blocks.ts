// A graph as blocks below one another: what a cell submitted, and what each of its tasks
// submitted in turn, in a frame of its own. A block grows down while nothing stands below
// it, then only within its rows; what finds no room goes on in a new block at the end. So
// nothing that is placed ever moves, whoever submits what, and when.

import { Layers, layersOf } from "./layers.ts";
import type { Item, Place } from "./layers.ts";

export interface Member extends Item {
  /** the lane: a cell, the same for all where there are no lanes */
  lane: string;
  /** key of the outermost task that it is inside of, "" for what the cell submitted */
  inside: string;
}

export interface Block {
  lane: string;
  inside: string;
  /** the first of its lane: the lane's name stands in its head */
  isNewLane: boolean;
  /** it goes on where an earlier block of the same kind had no room */
  isMore: boolean;
  /** slot at which its head begins, and the one at which its nodes do */
  top: number;
  first: number;
  layers: Layers;
}

/** Slots that heads and margins take. */
export interface Heads {
  lane: number;
  frame: number;
  foot: number;
}

/** A frame that cannot grow down grows by so many layers to the right, then goes on below. */
const MOST_ASIDE = 4;

export class Blocks {
  readonly places = new Map<string, Place>();
  readonly blocks: Block[] = [];
  layerCount = 0;

  constructor(
    private readonly isLaned = false,
    private readonly heads: Heads = { lane: 1, frame: 0.9, foot: 0.6 },
  ) {}

  /** The largest slot in use, -1 for an empty graph. */
  get maxSlot(): number {
    const last = this.blocks.at(-1);
    return last === undefined ? -1 : last.first + last.layers.maxSlot + (last.inside === "" ? 0 : this.heads.foot / 2);
  }

  /** Whether nothing of its block stands right of a node. */
  isAtEnd(key: string): boolean {
    const block = this.blocks.find(({ layers }) => layers.places.has(key));
    return block !== undefined && block.layers.places.get(key)?.layer === block.layers.layerCount - 1;
  }

  /** Place a batch; parents come before their children, or stand already. */
  place(batch: readonly Member[]): void {
    const all = layersOf(batch, (key) => this.places.get(key)?.layer);
    for (const members of this.inOrder(batch).values()) this.put(members, all);
  }

  /** Lane by lane, in each what its cell submitted before the frames. */
  private inOrder(batch: readonly Member[]): Map<string, Member[]> {
    const lanes = [...new Set(batch.map((one) => one.lane))];
    const sorted = lanes.flatMap((lane) => {
      const own = batch.filter((one) => one.lane === lane);
      return [...own.filter((one) => one.inside === ""), ...own.filter((one) => one.inside !== "")];
    });
    const found = new Map<string, Member[]>();
    for (const one of sorted) {
      const key = `${one.lane}\n${one.inside}`;
      const list = found.get(key);
      if (list === undefined) found.set(key, [one]);
      else list.push(one);
    }
    return found;
  }

  private put(members: Member[], all: Map<string, number>): void {
    const { lane, inside } = members[0] as Member;
    const own = this.blocks.filter((block) => block.lane === lane && block.inside === inside);
    let left = members;
    for (const block of own) left = this.fill(block, left, all);
    if (left.length > 0) this.fill(this.open(lane, inside, own.length > 0), left, all);
  }

  /** Place what finds room in a block; returns the rest. */
  private fill(block: Block, members: Member[], all: Map<string, number>): Member[] {
    const { layers } = block;
    if (layers.limit === Infinity) {
      layers.place(members, (key) => this.places.get(key)?.layer ?? all.get(key));
      for (const { key } of members) this.settle(block, key);
      return [];
    }
    const left = new Set<string>();
    for (const one of members) {
      const waits = one.parents.some((key) => left.has(key));
      if (waits || !this.squeeze(block, one, all)) left.add(one.key);
    }
    return members.filter((one) => left.has(one.key));
  }

  /** Find a free place in a block that cannot grow down; a frame may grow to the right. */
  private squeeze(block: Block, { key, parents }: Member, all: Map<string, number>): boolean {
    const most = block.inside === "" ? 0 : MOST_ASIDE;
    for (let aside = 0; aside <= most; aside += 1) {
      const layerOf = (other: string): number => (this.places.get(other)?.layer ?? all.get(other) ?? -1) + aside;
      const layer = 1 + Math.max(aside - 1, ...parents.map(layerOf));
      if (!block.layers.squeeze(key, layer, parents)) continue;
      this.settle(block, key);
      return true;
    }
    return false;
  }

  private settle(block: Block, key: string): void {
    const place = block.layers.places.get(key);
    if (place === undefined || this.places.has(key)) return;
    this.places.set(key, { layer: place.layer, slot: block.first + place.slot });
    this.layerCount = Math.max(this.layerCount, place.layer + 1);
  }

  private open(lane: string, inside: string, isMore: boolean): Block {
    const before = this.blocks.at(-1);
    const isNewLane = this.isLaned && before?.lane !== lane;
    let top = 0;
    if (before !== undefined) {
      before.layers.limit = before.layers.maxSlot;
      top = before.first + before.layers.maxSlot + 1 + (before.inside === "" && !isNewLane ? 0.1 : this.heads.foot);
    }
    const first = top + (isNewLane ? this.heads.lane : 0) + (inside === "" ? 0 : this.heads.frame);
    const block = { lane, inside, isNewLane, isMore, top, first, layers: new Layers() };
    this.blocks.push(block);
    return block;
  }
}
