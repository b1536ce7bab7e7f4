import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { node, snapshot } from "../dev/run.ts";
import type { Story } from "../dev/run.ts";
import { session } from "../dev/session.ts";
import { gaps, laneGroups } from "../src/layout/lanes.ts";
import type { Lane } from "../src/layout/lanes.ts";
import { blanksOf } from "../src/model/blanks.ts";
import { RunStore } from "../src/model/store.ts";
import { linkToSaved } from "../src/saved.ts";
import { mount } from "../src/view.ts";
import { openPage } from "./page.ts";
import type { Page } from "./page.ts";

let page: Page;

beforeEach(() => {
  page = openPage();
});

function storeAt(now: number, story: Story = session): RunStore {
  const store = new RunStore();
  store.apply(snapshot(story, now));
  return store;
}

function show(now = 4, story: Story = session): HTMLElement {
  const el = page.document.createElement("div");
  page.document.body.append(el);
  mount(el, linkToSaved(JSON.stringify(snapshot(story, now))));
  page.turn();
  return el;
}

const textsOf = (el: Element, selector: string): string[] => [...el.querySelectorAll(selector)].map((one) => one.textContent ?? "");
const tips = (el: Element): string[] => [...el.querySelectorAll('[data-pane="timeline"] [data-tip]')].map((one) => one.getAttribute("data-tip") ?? "");

test("cells are lanes, and what a task submitted stands in a frame with its name", () => {
  const el = show();
  assert.deepEqual(textsOf(el, ".rt-lane text.rt-b"), ["cell [1]", "cell [2]", "cell [3]"]);
  assert.deepEqual(textsOf(el, ".rt-frame [data-key]"), ["inside sort-1"]);
  assert.equal(el.querySelectorAll(".rt-frame .rt-inner").length, 2, "each inner sort has an outline");
});

test("a click on the name of a frame selects its task, and its lineage is lit", () => {
  const el = show();
  const title = el.querySelector(".rt-frame [data-key]");
  assert.ok(title);
  page.click(title);
  page.turn();
  assert.equal(el.querySelector('[data-pane="graph"] .rt-node.rt-sel')?.getAttribute("data-key"), "t20");
  assert.ok(el.querySelector(".rt-frame.rt-sel"));
  assert.ok(el.querySelectorAll(".rt-edge.rt-lit").length > 1);
});

test("a retry has an outline behind its pill, the number of the try, and its way in the timeline", () => {
  const el = show();
  const pill = el.querySelector('[data-pane="graph"] [data-key="t13"]');
  assert.equal(pill?.querySelectorAll(".rt-ghost").length, 1);
  assert.match(pill?.textContent ?? "", /try 2/);
  assert.ok(tips(el).includes("Attempt 1 of parse-3 was lost at 0.60 s; attempt 2 began at 0.68 s."));
});

test("a copy between nodes is an arrow with bytes and time, in the graph and in the timeline", () => {
  const el = show();
  const heads = [...el.querySelectorAll('[data-pane="graph"] .rt-copy')];
  assert.equal(heads.length, 3);
  const whole = "load-1 was copied from node A to node B: 96 MB in 0.12 s, at 0.40 s, 800 MB a second.";
  assert.ok(heads.some((head) => head.getAttribute("data-tip") === whole));
  assert.ok(tips(el).includes(whole));
  assert.ok(textsOf(el, '[data-pane="timeline"] text').includes("copies in"));
});

test("a restart is drawn from the process that died to the next one", () => {
  assert.ok(tips(show()).includes(
    "The process of Counter-1 ended at 2.62 s (exited with code 1). Restart 1 of it is process 4006: what the old one kept is gone."));
});

test("calls that overlap stand in the slots of their actor", () => {
  const [group] = laneGroups(storeAt(4), 0, 4);
  const lanes = group?.lanes.filter((lane) => lane.worker.actor === 31) ?? [];
  assert.deepEqual(lanes.map((lane) => lane.label), ["Pool-1", "slot 2", "slot 3"]);
  assert.deepEqual(lanes.map((lane) => lane.bars.list.map((bar) => bar.task.label.split("-").at(-1))), [["1", "4"], ["2", "5"], ["3"]]);
  for (const { bars } of lanes) bars.list.forEach((_, i) => assert.ok(i === 0 || (bars.from[i] as number) >= (bars.to[i - 1] as number)));
  assert.deepEqual(group?.lanes.filter((lane) => lane.worker.actor === 30).map((lane) => lane.label), ["Counter-1", "process 2"]);
});

function causes(store: RunStore, label: string, head: number): string[] {
  const lane = laneGroups(store, 0, head).flatMap((group) => group.lanes).find((one) => one.label === label) as Lane;
  return gaps(lane, 0, head).flatMap((gap) => blanksOf(store, lane, gap, head)).map((blank) => blank.why);
}

test("a blank says when an input was on its way from another node", () => {
  const found = causes(storeAt(4), "worker 2", 4);
  assert.ok(found.includes("worker 2 ran nothing for 90 ms, from 0.43 s to 0.52 s: parse-2 needs load-1 on node B: it was copied from node A, 96 MB in 0.12 s."), found.join("\n"));
});

test("a blank before another attempt says that the first was lost", () => {
  const lone: Story = { ...session, nodes: [node("A", 2)], tasks: session.tasks.map((task) => (task.id === 13 ? { ...task, attempts: task.attempts.map((a, i) => ({ ...a, worker: i === 0 ? 1 : 3 })) } : task)) };
  const found = causes(storeAt(4, lone), "worker 3", 4);
  assert.ok(found.some((why) => why.includes("parse-3, which ran next, ran elsewhere before: that attempt was lost at 0.60 s.")), found.join("\n"));
});

test("a blank in a pause says so, where a task was waiting for its turn", () => {
  const whole = causes(storeAt(4, { ...session, nodes: [node("A", 2, { paused: [[2.4, 2.5]] }), node("B", 2)] }), "worker 1", 4);
  assert.ok(whole.some((why) => why === "worker 1 ran nothing for 0.10 s, from 2.40 s to 2.50 s: the session was paused."), whole.join("\n"));
});

test("every submit and put in the cell's row says what it was", () => {
  const all = tips(show());
  assert.ok(all.includes("At 80 ms: put-1 (24 MB)."), all.join("\n"));
  assert.ok(all.some((why) => why.startsWith("At 1.00 s: sort-1")));
});

test("arrows lead from what a task took and to those that took its result", () => {
  const el = show();
  const pill = el.querySelector('[data-key="t20"]');
  assert.ok(pill);
  page.click(pill);
  page.turn();
  assert.equal(el.querySelectorAll('[data-pane="timeline"] .rt-arrow').length, 2, "from load-1, and to show-1");
});

test("an input from another cell is named with its cell, whole", () => {
  const task = session.tasks[0];
  const value = session.objects.find((one) => one.id === "1.0");
  assert.ok(task && value);
  const story: Story = {
    ...session, run: { ...session.run, id: 2, cell: "[2]", execution: 1 }, actors: [], waits: [],
    tasks: [{ ...task, id: 90, label: "show-1", cell: "[2]", inputs: ["1.0"] }], objects: [{ ...value, label: "load-1" }],
  };
  assert.deepEqual(textsOf(show(4, story), '[data-pane="graph"] .rt-object text'), ["load-1", "from [1]"]);
});
