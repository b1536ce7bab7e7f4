import assert from "node:assert/strict";
import { test } from "node:test";

import { snapshot, task } from "../dev/run.ts";
import { lesson1, wordCount } from "../dev/stories.ts";
import { counts, cpusInUse, isUnfinished, lastChange, overSince, stateAt } from "../src/model/state.ts";
import { RunStore } from "../src/model/store.ts";
import { factOf, listing, sourceOf, whyOf } from "../src/model/story.ts";

function storeAt(now: number, story = wordCount): RunStore {
  const store = new RunStore();
  store.apply(snapshot(story, now));
  return store;
}

test("a task goes from needs input over queued and running to done", () => {
  const row = task(1, "f-1", 1, 2, ["9.0"], [[1, 3, 4]]);
  const at = [0.5, 1, 2, 3, 4].map((t) => stateAt(row, t));
  assert.deepEqual(at, [null, "needs input", "queued", "running", "done"]);
});

test("a task without inputs is queued from the start", () => {
  const row = task(1, "f-1", 1, null, [], []);
  assert.equal(stateAt(row, 1), "queued");
});

test("a task blocked in get is running before and after", () => {
  const row = task(1, "f-1", 0, 0, [], [[1, 1, 5]], { blocked: [[2, 3]] });
  assert.deepEqual([1.5, 2.5, 3.5].map((t) => stateAt(row, t)), ["running", "blocked", "running"]);
});

test("between two attempts a task is queued again", () => {
  const row = task(1, "f-1", 0, 0, ["9.0"], [[1, 1, 2, "lost"], [1, 3, 4, "failed"]]);
  assert.deepEqual([1.5, 2.5, 3.5, 4.5].map((t) => stateAt(row, t)), ["running", "queued", "running", "failed"]);
});

test("a task is over when its attempt ended, not when the driver heard of it", () => {
  const row = task(1, "f-1", 0, 0, [], [[1, 1, 2]], { end_s: 2.5 });
  assert.equal(overSince(row), 2);
  assert.equal(stateAt(row, 2.2), "done");
});

test("cancelled before the start and cannot run have no attempt", () => {
  const cancelled = task(1, "f-1", 0, null, ["9.0"], [], { end: "cancelled", end_s: 2 });
  const stuck = task(2, "f-2", 0, null, ["9.0"], [], { end: "cannot run", end_s: 2 });
  assert.equal(stateAt(cancelled, 3), "cancelled");
  assert.deepEqual([1, 3].map((t) => stateAt(stuck, t)), ["needs input", "cannot run"]);
});

test("counts leave the making of an actor out and hold all ends apart", () => {
  const { done, failed, cancelled, running } = counts(storeAt(9), 9);
  assert.deepEqual([done, failed, cancelled, running], [15, 1, 1, 0]);
  assert.equal(counts(storeAt(9), 9)["cannot run"], 3);
});

test("a blocked task lends its CPU", () => {
  const before = cpusInUse(storeAt(2.6), 2.6).get("A");
  const during = cpusInUse(storeAt(2.85), 2.85).get("A");
  assert.deepEqual([before, during], [3, 2]);
});

test("a run is unfinished while its cell runs or a task has no end", () => {
  assert.equal(isUnfinished(storeAt(3, lesson1)), true);
  assert.equal(isUnfinished(storeAt(9, lesson1)), false);
  assert.equal(lastChange(storeAt(9, lesson1)), lesson1.run.end_s);
});

test("the story names what is missing, and why a task cannot run", () => {
  const store = storeAt(2.3);
  const parse = store.tasks.get(15);
  assert.ok(parse);
  assert.equal(whyOf(store, parse, 2.3), "Needs load-1 (running).");
  const late = storeAt(9);
  const stuck = late.tasks.get(22);
  assert.ok(stuck);
  assert.equal(factOf(late, stuck, 9), "cannot run: parse-3 failed");
});

test("the kernel's own sentence is preferred at the live edge", () => {
  const store = storeAt(9);
  const row = store.tasks.get(15);
  assert.ok(row);
  assert.equal(whyOf(store, { ...row, story: "It was first in line." }, 9), "It was first in line.");
});

test("lists of names are cut with a number", () => {
  assert.equal(listing(["a", "b", "c"]), "a, b and c");
  assert.equal(listing(["a", "b", "c", "d"]), "a, b and 2 more");
  assert.equal(sourceOf({ cell: "[7]", line: 4 }), "cell [7], line 4");
  assert.equal(sourceOf({ cell: "", line: 0 }), "");
});
