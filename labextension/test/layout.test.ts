import assert from "node:assert/strict";
import { test } from "node:test";

import { snapshot } from "../dev/run.ts";
import { lesson1, many, wordCount } from "../dev/stories.ts";
import { axisFor, duration, niceStep, tickLabel } from "../src/layout/axis.ts";
import { cut, fit, nameOf, shorter } from "../src/layout/labels.ts";
import { gaps, laneGroups } from "../src/layout/lanes.ts";
import { Layers, nearestFree, spread } from "../src/layout/layers.ts";
import { blanksOf } from "../src/model/blanks.ts";
import { GRAPH_CAP, Graph } from "../src/model/graph.ts";
import { RunStore } from "../src/model/store.ts";

function storeAt(now: number, story = wordCount): RunStore {
  const store = new RunStore();
  store.apply(snapshot(story, now));
  return store;
}

/** A repeatable stream of numbers in [0, 1). */
function numbers(seed: number): () => number {
  let x = seed;
  return () => (x = (x * 1103515245 + 12345) % 2147483648) / 2147483648;
}

const item = (key: string, ...parents: string[]) => ({ key, parents });

test("a layer is one more than the furthest parent's", () => {
  const layers = new Layers();
  layers.place([item("a"), item("b", "a"), item("c", "a", "b"), item("d")]);
  const at = ["a", "b", "c", "d"].map((k) => layers.places.get(k)?.layer);
  assert.deepEqual(at, [0, 1, 2, 0]);
});

test("what arrives together is centred on the fullest layer", () => {
  const layers = new Layers();
  const leaves = ["1", "2", "3", "4", "5"].map((k) => item(k, "root"));
  layers.place([item("root"), ...leaves, item("sum", "1", "2", "3", "4", "5")]);
  assert.equal(layers.places.get("root")?.slot, 2);
  assert.equal(layers.places.get("sum")?.slot, 2);
});

test("placed nodes never move and never touch, whatever comes later", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const random = numbers(seed);
    const layers = new Layers();
    const keys: string[] = [];
    for (let batch = 0; batch < 12; batch += 1) {
      const before = new Map([...layers.places].map(([k, p]) => [k, { ...p }]));
      const fresh = Array.from({ length: 1 + Math.floor(random() * 6) }, () => {
        const parents = keys.filter(() => random() < 2 / (keys.length + 1));
        keys.push(`n${keys.length}`);
        return item(keys.at(-1) ?? "", ...parents);
      });
      layers.place(fresh);
      for (const [key, place] of before) assert.deepEqual(layers.places.get(key), place);
    }
    assertApart(layers);
  }
});

function assertApart(layers: Layers): void {
  const places = [...layers.places.values()];
  places.forEach((a, i) => places.slice(i + 1).forEach((b) => {
    assert.ok(a.layer !== b.layer || Math.abs(a.slot - b.slot) > 0.999, JSON.stringify([a, b]));
  }));
  assert.ok(places.every((p) => p.slot >= 0));
}

test("wishes are spread about their middle, none above the picture", () => {
  assert.deepEqual(spread([2, 2, 2]), [1, 2, 3]);
  assert.deepEqual(spread([0, 0]), [0, 1]);
  assert.deepEqual(spread([1, 5]), [1, 5]);
  assert.equal(nearestFree([0, 1, 3], 1.2), 2);
  assert.equal(nearestFree([0], 0), 1);
});

test("the graph grows in order and links what data, parents and actors link", () => {
  const graph = new Graph();
  graph.grow(storeAt(9));
  assert.ok(graph.nodes.has("t3"), "the actor");
  assert.ok(!graph.nodes.has("t31"), "a call made inside a task is told by its actor");
  assert.deepEqual(graph.into.get("t15")?.map((e) => e.from), ["t2", "o1.0"]);
  const lineage = [...graph.lineage("t23")].sort();
  assert.deepEqual(lineage, ["o1.0", "t15", "t16", "t2", "t23", "t25", "t29"]);
});

test("beyond the cap nodes are counted, not drawn", () => {
  const graph = new Graph();
  const store = storeAt(9, many(5000));
  graph.grow(store);
  graph.grow(store);
  assert.equal(graph.nodes.size, GRAPH_CAP);
  assert.equal(graph.notDrawn, 5000 - GRAPH_CAP);
});

test("a label falls back from its full name to its number", () => {
  const measure = (text: string): number => text.length;
  assert.deepEqual(shorter("outer-1/parse-3"), ["outer-1/parse-3", "parse-3", "3"]);
  assert.deepEqual([20, 8, 2, 0].map((w) => fit(shorter("outer-1/parse-3"), w, 11, measure)), ["outer-1/parse-3", "parse-3", "3", ""]);
  assert.equal(cut("quicksort", 6, 11, measure), "quick…");
  assert.equal(cut("quicksort", 0, 11, measure), "");
  assert.equal(nameOf("Counter-1.add-2"), "add-2");
});

test("the axis keeps room before the live edge and stands still while bars grow", () => {
  const axes = [1, 1.01, 1.02].map((head) => axisFor(0, head, true, 800).to);
  assert.equal(new Set(axes).size, 1);
  assert.ok((axes[0] ?? 0) >= 1.1);
  assert.equal(niceStep(10, 10), 1);
  assert.deepEqual([tickLabel(0, 0.2), tickLabel(0.4, 0.2), tickLabel(0.02, 0.01)], ["0 s", "0.4", "20"]);
  assert.deepEqual([0.0035, 0.052, 1.5, 12.34, 65].map(duration), ["3.5 ms", "52 ms", "1.50 s", "12.3 s", "1 min 5 s"]);
});

test("lanes hold each attempt at its worker, actors last", () => {
  const [group] = laneGroups(storeAt(9), 2, 5);
  assert.deepEqual(group?.lanes.map((lane) => lane.label), ["worker 1", "worker 2", "worker 3", "worker 4", "Progress-1"]);
  assert.deepEqual(group?.lanes[2]?.bars.list.map((bar) => bar.task.label), ["parse-3", "parse-3", "parse-6"]);
});

test("idle workers beyond a few are told by number", () => {
  const workers = Array.from({ length: 12 }, (_, i) => ({ ...lesson1.workers[0], id: i + 1 }) as (typeof lesson1.workers)[0]);
  const [group] = laneGroups(storeAt(9, { ...lesson1, workers }), 2, 4);
  assert.equal(group?.lanes.length, 4);
  assert.equal(group?.idle, 8);
});

test("a blank says what was missing", () => {
  const store = storeAt(2.4);
  const [group] = laneGroups(store, 2, 2.4);
  const lane = group?.lanes.find((l) => l.label === "worker 2");
  assert.ok(lane);
  const texts = gaps(lane, 2, 2.4).flatMap((gap) => blanksOf(store, lane, gap, 2.4)).map((b) => b.text);
  assert.deepEqual(texts, ["parse-1 needs load-1"]);
  const later = storeAt(3);
  const parsing = laneGroups(later, 2, 3)[0]?.lanes.find((l) => l.label === "worker 2");
  assert.ok(parsing);
  const before = gaps(parsing, 2, 3).flatMap((gap) => blanksOf(later, parsing, gap, 3)).map((b) => b.text);
  assert.deepEqual(before, ["needs load-1", ""]);
});
