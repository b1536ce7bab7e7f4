// Runs of many tasks: few marks, the same counts, and numbers that say what rows say.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { snapshot } from "../dev/run.ts";
import { many, nested, wordCount } from "../dev/stories.ts";
import { linkToSaved } from "../src/saved.ts";
import { LateLines } from "../src/model/late.ts";
import { STATES, counts, stateAt } from "../src/model/state.ts";
import { RunStore } from "../src/model/store.ts";
import { mount } from "../src/view.ts";
import { openPage } from "./page.ts";
import type { Page } from "./page.ts";

let page: Page;

beforeEach(() => {
  page = openPage();
});

for (const [name, story] of Object.entries({ wordCount, nested, many: many(3000) })) {
  test(`the columns tell the state of each task as its row does: ${name}`, () => {
    const store = new RunStore();
    store.apply(snapshot(story, 9));
    for (let t = 1.9; t < 5.5; t += 0.137) {
      const tasks = [...store.tasks.values()];
      tasks.forEach((task, place) => {
        const code = store.columns.at(place, t);
        assert.equal(code < 0 ? null : STATES[code], stateAt(task, t), `${task.label} at ${t}`);
      });
      const all = Object.values(counts(store, t)).reduce((sum, n) => sum + n, 0);
      const seen = tasks.filter((task) => stateAt(task, t) !== null && (task.kind !== "creation" || !["running", "queued", "done", "blocked", "needs input"].includes(stateAt(task, t) ?? "")));
      assert.equal(all, seen.length);
    }
  });
}

test("bars too thin to tell apart share a mark, and many marks share a canvas", () => {
  const el = page.document.createElement("div");
  page.document.body.append(el);
  mount(el, linkToSaved(JSON.stringify(snapshot(many(5000), 9))));
  for (let i = 0; i < 4; i += 1) page.turn();
  assert.ok(el.querySelectorAll('[data-pane="timeline"] svg *').length < 1500);
  assert.ok((el.querySelector("[data-time]")?.querySelectorAll(".rt-strip, .rt-bar").length ?? 0) >= 1);
});

test("rows that change keep their bars; a task that moves leaves its old lane", () => {
  const store = new RunStore();
  store.apply(snapshot(wordCount, 2.5, 1));
  const before = store.tasks.get(12);
  store.apply(snapshot(wordCount, 4, 2));
  const lane = store.bars.lanes.get(3);
  assert.deepEqual(lane?.list.map((bar) => [bar.task.label, bar.number, bar.isLast]), [["parse-3", 0, false], ["parse-3", 1, true], ["parse-6", 0, true]]);
  assert.deepEqual([...(lane?.from ?? [])].slice(0, 3), [2.48, 2.74, 3.04]);
  assert.notEqual(before, undefined);
});

test("late lines come in order; repeats change nothing, a gap is told", () => {
  const late = new LateLines();
  const line = (n: number): [string, string, string] => ["f-1", "stdout", `line ${n}`];
  late.take({ type: "log", start: 0, lines: [line(0), line(1)] });
  late.take({ type: "log", start: 1, lines: [line(1), line(2)] });
  assert.deepEqual(late.lines.map(([, , text]) => text), ["line 0", "line 1", "line 2"]);
  late.take({ type: "log", start: 9, lines: [line(9)] });
  assert.deepEqual([late.missed, late.lines.length], [9, 1]);
});

test("what was printed after the cell stands in the view, with its task", () => {
  const el = page.document.createElement("div");
  page.document.body.append(el);
  let say: (message: unknown) => void = () => undefined;
  mount(el, { send: () => undefined, onMessage: (listener) => ((say = listener), () => undefined) });
  say(snapshot(wordCount, 9, 1));
  page.turn();
  assert.equal(el.querySelector('[role="log"]'), null);
  say({ type: "log", start: 0, lines: [["parse-1", "stderr", "row 7 is odd"]] });
  page.turn();
  assert.match(el.querySelector('[role="log"]')?.textContent ?? "", /parse-1row 7 is odd/);
});
