import assert from "node:assert/strict";
import { test } from "node:test";

import { snapshot } from "../dev/run.ts";
import { session } from "../dev/session.ts";
import { Blocks } from "../src/layout/blocks.ts";
import type { Member } from "../src/layout/blocks.ts";
import { Graph } from "../src/model/graph.ts";
import { RunStore } from "../src/model/store.ts";
import { tellTransfer, transferTo, transfersOf } from "../src/model/transfers.ts";

const member = (key: string, parents: string[] = [], lane = "", inside = ""): Member => ({ key, parents, lane, inside });

function storeAt(now: number): RunStore {
  const store = new RunStore();
  store.apply(snapshot(session, now));
  return store;
}

/** A repeatable stream of numbers in [0, 1). */
function numbers(seed: number): () => number {
  let x = seed;
  return () => (x = (x * 1103515245 + 12345) % 2147483648) / 2147483648;
}

const spans = (blocks: Blocks): [number, number][] =>
  blocks.blocks.map(({ top, first, layers }) => [top, first + layers.maxSlot]);

test("what a task submits stands in a frame below, right of the task", () => {
  const blocks = new Blocks();
  blocks.place([member("a"), member("b"), member("c", ["a"], "", "a"), member("d", ["a"], "", "a"), member("e", ["c"], "", "a")]);
  assert.deepEqual(blocks.blocks.map((block) => block.inside), ["", "a"]);
  const layer = (key: string): number => blocks.places.get(key)?.layer ?? -1;
  assert.deepEqual(["a", "c", "d", "e"].map(layer), [0, 1, 1, 2]);
  const lowest = Math.max(blocks.places.get("a")?.slot ?? 0, blocks.places.get("b")?.slot ?? 0);
  for (const key of ["c", "d", "e"]) assert.ok((blocks.places.get(key)?.slot ?? 0) > lowest, key);
});

test("each cell has a lane, and a lane that has no room goes on at the end", () => {
  const blocks = new Blocks(true);
  blocks.place([member("a", [], "[1]"), member("b", ["a"], "[1]")]);
  blocks.place([member("c", ["b"], "[2]")]);
  blocks.place([member("d", [], "[1]"), member("e", ["b"], "[1]")]);
  assert.deepEqual(blocks.blocks.map(({ lane, isMore }) => [lane, isMore]), [["[1]", false], ["[2]", false], ["[1]", true]]);
  assert.equal(blocks.places.get("e")?.slot, blocks.places.get("b")?.slot, "there was room beside b");
  assert.equal(blocks.places.get("c")?.layer, 2, "layers go on from lane to lane");
});

test("nothing that stands moves or is covered, whoever submits what and when", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const random = numbers(seed);
    const blocks = new Blocks(true);
    const all: Member[] = [];
    for (let batch = 0; batch < 15; batch += 1) {
      const before = new Map([...blocks.places].map(([key, place]) => [key, { ...place }]));
      const fresh = Array.from({ length: 1 + Math.floor(random() * 5) }, () => {
        const lane = `[${1 + Math.floor(random() * 3)}]`;
        const outer = all.filter((one) => one.inside === "" && one.lane === lane);
        const owner = random() < 0.4 ? outer[Math.floor(random() * outer.length)] : undefined;
        const parents = all.filter(() => random() < 1.5 / (all.length + 1)).map((one) => one.key);
        const one = member(`n${all.length}`, owner === undefined ? parents : [owner.key, ...parents], lane, owner?.key ?? "");
        all.push(one);
        return one;
      });
      blocks.place(fresh);
      for (const [key, place] of before) assert.deepEqual(blocks.places.get(key), place);
      for (const one of all) assert.ok(blocks.places.has(one.key), one.key);
    }
    const found = spans(blocks);
    found.slice(1).forEach(([top], i) => assert.ok(top > (found[i]?.[1] ?? 0), `block ${i + 1} lies on another`));
    const spots = [...blocks.places.values()];
    spots.forEach((a, i) => spots.slice(i + 1).forEach((b) => assert.ok(a.layer !== b.layer || Math.abs(a.slot - b.slot) > 0.999)));
  }
});

test("the graph of a session knows the lane of each task and the task it is inside of", () => {
  const graph = new Graph();
  graph.grow(storeAt(4));
  const home = (key: string): string[] => [graph.nodes.get(key)?.lane ?? "?", graph.nodes.get(key)?.inside ?? "?"];
  assert.deepEqual(home("t11"), ["[1]", ""]);
  assert.deepEqual(home("o2.0"), ["[1]", ""], "a put");
  assert.deepEqual(home("t21"), ["[2]", "t20"]);
  assert.deepEqual(home("t23"), ["[2]", "t20"], "inside of the outermost task");
});

test("places are the same whether a session is watched or opened afterwards, but for what had no room", () => {
  const graph = new Graph();
  const live = new Blocks(true);
  for (let now = 0.1; now < 4; now += 0.1) {
    const before = new Map([...live.places].map(([key, place]) => [key, { ...place }]));
    live.place(graph.grow(storeAt(now)));
    for (const [key, place] of before) assert.deepEqual(live.places.get(key), place);
  }
  const whole = new Graph();
  const after = new Blocks(true);
  after.place(whole.grow(storeAt(4)));
  assert.deepEqual([...live.places.keys()].sort(), [...after.places.keys()].sort());
  assert.deepEqual(after.blocks.map(({ lane, inside }) => [lane, inside]), [["[1]", ""], ["[2]", ""], ["[2]", "t20"], ["[3]", ""]]);
});

test("a copy between nodes is told with bytes, time and rate", () => {
  const store = storeAt(4);
  assert.deepEqual(transfersOf(store).map((one) => [one.label, one.from, one.to]), [["put-1", "A", "B"], ["load-1", "A", "B"], ["sort-1", "A", "B"]]);
  const load = transferTo(store, "1.0", "B", 4);
  assert.ok(load);
  assert.equal(tellTransfer(load, 4, 0), "load-1 was copied from node A to node B: 96 MB in 0.12 s, at 0.40 s, 800 MB a second.");
  assert.equal(tellTransfer(load, 0.45, 0), "load-1 was copied from node A to node B: 96 MB, on its way, at 0.40 s.");
  assert.equal(transferTo(store, "1.0", "A", 4), null, "it was made there");
});
