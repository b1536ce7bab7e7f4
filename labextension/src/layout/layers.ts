// Places graph nodes in layers: layer = 1 + the furthest parent's, slot = near the
// mean of the neighbours that stand already. A placed node never moves, so a graph
// that grows while one looks at it stays readable.

export interface Place {
  layer: number;
  /** from 0; one slot is one row, halves and less occur */
  slot: number;
}

export interface Item {
  key: string;
  parents: readonly string[];
}

/** The layer of a node that stands elsewhere, undefined if it stands nowhere. */
export type LayerOf = (key: string) => number | undefined;

/** Slots closer than one row apart touch each other. */
const PITCH = 1;

export class Layers {
  readonly places = new Map<string, Place>();
  /** slots above this one stay free: something else stands there */
  limit = Infinity;
  private readonly occupied: number[][] = [];

  get layerCount(): number {
    return this.occupied.length;
  }

  /** The largest slot in use, -1 for an empty graph. */
  get maxSlot(): number {
    return Math.max(-1, ...this.occupied.map((slots) => slots.at(-1) ?? -1));
  }

  /**
   * Place a batch; parents come before their children, or stand already.
   * The fullest of the new layers is set first, its neighbours follow it outwards:
   * what arrives together comes out centred.
   */
  place(batch: readonly Item[], elsewhere: LayerOf = () => undefined): void {
    const layerOf = layersOf(batch, (key) => this.places.get(key)?.layer ?? elsewhere(key));
    const byLayer = groupBy(batch, (item) => layerOf.get(item.key) ?? 0);
    const children = childrenOf(batch);
    const order = [...byLayer.keys()].sort((a, b) => a - b);
    const anchor = this.places.size > 0 ? -1 : fullest(byLayer);
    const outward = [
      ...order.filter((l) => l === anchor),
      ...order.filter((l) => l > anchor),
      ...order.filter((l) => l < anchor).reverse(),
    ];
    for (const layer of outward) {
      this.fill(layer, byLayer.get(layer) ?? [], children);
    }
  }

  /** Place one node in a layer if it has room within the limit; returns whether it had. */
  squeeze(key: string, layer: number, parents: readonly string[]): boolean {
    while (this.occupied.length <= layer) this.occupied.push([]);
    const slots = this.occupied[layer] ?? [];
    this.set(key, layer, nearestFree(slots, this.mean(parents) ?? 0, this.limit), slots);
    return this.places.has(key);
  }

  private fill(layer: number, items: Item[], children: Map<string, string[]>): void {
    while (this.occupied.length <= layer) this.occupied.push([]);
    const slots = this.occupied[layer] ?? [];
    const wishes = items.map((item) => ({
      key: item.key,
      wish: this.mean(item.parents) ?? this.mean(children.get(item.key) ?? []),
    }));
    const wished = wishes.filter((w) => w.wish !== null) as { key: string; wish: number }[];
    const free = wishes.filter((w) => w.wish === null);
    if (slots.length === 0) {
      const sorted = wished.sort((a, b) => a.wish - b.wish);
      spread(sorted.map((w) => w.wish)).forEach((slot, i) => {
        this.set(sorted[i]?.key ?? "", layer, slot, slots);
      });
    } else {
      for (const { key, wish } of wished) this.set(key, layer, nearestFree(slots, wish), slots);
    }
    for (const { key } of free) this.set(key, layer, (slots.at(-1) ?? -PITCH) + PITCH, slots);
  }

  private mean(keys: readonly string[]): number | null {
    const slots = keys.flatMap((key) => this.places.get(key)?.slot ?? []);
    return slots.length === 0 ? null : slots.reduce((a, b) => a + b, 0) / slots.length;
  }

  private set(key: string, layer: number, slot: number | null, slots: number[]): void {
    if (slot === null) return;
    this.places.set(key, { layer, slot });
    slots.push(slot);
    slots.sort((a, b) => a - b);
  }
}

/** Move wishes (ascending) as little as needed to keep one row between them, none below 0. */
export function spread(wishes: readonly number[]): number[] {
  // Pool adjacent violators: a block holds wishes that touch, its rows centred on their mean.
  const blocks: { sum: number; size: number }[] = [];
  wishes.forEach((wish, i) => {
    let block = { sum: wish - i * PITCH, size: 1 };
    for (let last = blocks.at(-1); last && last.sum / last.size >= block.sum / block.size; ) {
      block = { sum: last.sum + block.sum, size: last.size + block.size };
      blocks.pop();
      last = blocks.at(-1);
    }
    blocks.push(block);
  });
  const bases = blocks.flatMap((b) => Array<number>(b.size).fill(Math.max(0, b.sum / b.size)));
  return bases.map((base, i) => base + i * PITCH);
}

/** The free slot nearest to the wish and not above the limit, in a layer whose slots are sorted. */
export function nearestFree(slots: readonly number[], wish: number, limit = Infinity): number | null {
  const isFree = (at: number): boolean =>
    at >= 0 && at <= limit && slots.every((s) => Math.abs(s - at) >= PITCH - 1e-9);
  const candidates = [Math.min(wish, limit), ...slots.flatMap((s) => [s + PITCH, s - PITCH])].filter(isFree);
  return candidates.reduce<number | null>(
    (best, at) => (best === null || Math.abs(at - wish) < Math.abs(best - wish) ? at : best), null);
}

/** Layers of a batch whose parents come before their children, or stand already. */
export function layersOf(batch: readonly Item[], known: LayerOf): Map<string, number> {
  const layers = new Map<string, number>();
  for (const { key, parents } of batch) {
    const above = parents.map((p) => layers.get(p) ?? known(p) ?? -1);
    layers.set(key, 1 + Math.max(-1, ...above));
  }
  return layers;
}

function groupBy<T>(items: readonly T[], by: (item: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) groups.set(by(item), [...(groups.get(by(item)) ?? []), item]);
  return groups;
}

function childrenOf(batch: readonly Item[]): Map<string, string[]> {
  const children = new Map<string, string[]>();
  for (const { key, parents } of batch) {
    for (const p of parents) children.set(p, [...(children.get(p) ?? []), key]);
  }
  return children;
}

/** The layer with most items; the first of equals. */
function fullest(byLayer: Map<number, unknown[]>): number {
  let best = -1;
  for (const [layer, items] of [...byLayer].sort(([a], [b]) => a - b)) {
    if (best === -1 || items.length > (byLayer.get(best)?.length ?? 0)) best = layer;
  }
  return best;
}
