import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { snapshot } from "../dev/run.ts";
import type { Story } from "../dev/run.ts";
import { lesson1 } from "../dev/stories.ts";
import { loop, mock } from "../dev/views.ts";
import { linkToSaved } from "../src/saved.ts";
import { mount } from "../src/view.ts";
import { openPage } from "./page.ts";
import type { Page } from "./page.ts";

let page: Page;

beforeEach(() => {
  page = openPage();
});

/** A run as it was saved at a moment after its start, with one tab open. */
function show(story: Story, tab: string, moment = 9): HTMLElement {
  const el = page.document.createElement("div");
  page.document.body.append(el);
  mount(el, linkToSaved(JSON.stringify(snapshot(story, 2 + moment))));
  page.turn();
  page.click(find(el, `[data-tab="${tab}"]`));
  return el;
}

const find = (el: Element, selector: string): Element => {
  const found = el.querySelector(selector);
  assert.ok(found, selector);
  return found;
};
const textOf = (el: Element, selector: string): string => find(el, selector).textContent ?? "";
const names = (el: Element, pane: string): string[] =>
  [...el.querySelectorAll(`[data-pane="${pane}"] [data-key]`)].map((mark) => mark.getAttribute("aria-label") ?? "");

test("the tabs say how much is in them, and arrow keys turn them", () => {
  const el = show(mock, "graph");
  const tabs = [...el.querySelectorAll('[role="tab"]')];
  assert.deepEqual(tabs.map((tab) => tab.textContent), ["Graph", "Actors2", "Wait1", "Objects13"]);
  (tabs[0] as HTMLElement).focus();
  page.press("ArrowRight", page.document.activeElement ?? el);
  assert.equal(textOf(el, '[aria-selected="true"]'), "Actors2");
  assert.equal(page.document.activeElement?.getAttribute("data-tab"), "actors");
});

test("a wait that blocks: ready and pending in input order, held stays empty", () => {
  const el = show(mock, "wait", 1.2);
  assert.equal(textOf(el, ".rt-big"), "wait has 2 of 3");
  assert.deepEqual(names(el, "wait"), [
    "place 0: parse-1, pending, blocked in get", "place 1: parse-2, ready", "place 2: parse-3, ready",
    "place 3: parse-4, pending, running", "place 4: parse-5, pending, running", "place 5: parse-6, pending, running",
  ]);
  assert.equal(textOf(el, ".rt-wait-head ~ .rt-why"), "Returns when one more is ready, or in 320 ms.");
  assert.match(textOf(el, ".rt-lists"), /ready so far = \[parse-2, parse-3\]/);
  assert.equal(el.querySelectorAll(".rt-wanted").length, 1);
  assert.match(textOf(el, '[data-pane="wait"]'), /320 ms left/);
});

test("a wait that returned: the two lists, the held ID, and the reason", () => {
  const el = show(mock, "wait");
  assert.equal(textOf(el, ".rt-big"), "wait returned: 3 were ready");
  assert.match(textOf(el, ".rt-lists"), /ready = \[parse-2, parse-3, parse-4\]rest = \[parse-1, parse-5, parse-6\]/);
  assert.match(textOf(el, ".rt-wait-head ~ .rt-why"), /after 625 ms of 800 ms.*1 more was ready: num_returns=3 holds it back/);
  assert.ok(names(el, "wait").includes("place 5: parse-6, held at the return"));
  assert.ok(names(el, "wait").includes("place 0: parse-1, pending at the return, blocked in get"));
});

test("a timeout is told in the unit in which it was written", () => {
  const [wait] = mock.waits;
  assert.ok(wait);
  const late = { ...wait, unit: "s", end_s: wait.start_s + 0.8, reason: "timeout", outcome: ["pending", "ready", "ready", "pending", "pending", "pending"] };
  const el = show({ ...mock, waits: [late] }, "wait");
  assert.equal(textOf(el, ".rt-big"), "wait timed out: 2 of 3 ready");
  assert.match(textOf(el, ".rt-wait-head ~ .rt-why"), /The timeout of 0\.80 s passed/);
});

test("a wait that need not wait says so", () => {
  const [wait] = mock.waits;
  assert.ok(wait);
  const el = show({ ...mock, waits: [{ ...wait, end_s: wait.start_s + 0.0001 }] }, "wait");
  assert.match(textOf(el, ".rt-wait-head ~ .rt-why"), /^Returned after < 1 ms of 800 ms/);
});

test("a loop of waits can be flipped through by buttons and in the history", () => {
  const el = show(loop, "wait");
  assert.match(textOf(el, ".rt-flip"), /wait 12 of 12/);
  page.click(find(el, '[aria-label="earlier wait"]'));
  assert.match(textOf(el, ".rt-flip"), /wait 11 of 12/);
  page.click(find(el, '.rt-history [data-wait="3"]'));
  assert.match(textOf(el, ".rt-flip"), /wait 3 of 12/);
  assert.match(textOf(el, ".rt-lists"), /ready = \[render-3\]ids = \[render-2, render-4, /);
});

test("an ID selected in the wait is selected everywhere", () => {
  const el = show(mock, "wait");
  page.click(find(el, '[data-pane="wait"] [data-key="t15"]'));
  const pressed = [...el.querySelectorAll('[aria-pressed="true"]')].map((e) => e.getAttribute("data-key"));
  assert.deepEqual(pressed, ["t15", "t15"]);
  (find(el, '[data-pane="wait"] [data-key="t15"]') as HTMLElement).focus();
  page.press("ArrowDown", page.document.activeElement ?? el);
  assert.equal(page.document.activeElement?.getAttribute("data-key"), "t16");
});

test("an actor's calls stand in line per caller, with the one that goes next", () => {
  const el = show(mock, "actors", 1.2);
  assert.deepEqual(names(el, "actors").slice(0, 6), [
    "actor Progress-1, alive on node A, process 4006, 4 done, 4.5 a second",
    "Progress-1.add-7 from parse-4, queued, in front of its line",
    "Progress-1.add-6 from parse-2, queued, goes next",
    "Progress-1.add-9 from parse-2, queued, number 2 in its line",
    "Progress-1.add-8 from parse-6, queued, in front of its line",
    "Progress-1.add-5, running for 0.10 s",
  ]);
  assert.match(textOf(el, '[data-pane="actors"]'), /for parse-1parse-1 is blocked/);
});

test("a dead actor says why, one that starts says so", () => {
  const [one, two] = mock.actors;
  assert.ok(one && two);
  const story = { ...mock, actors: [{ ...one, ended_s: 3, reason: "killed" }, { ...two, started_s: null }] };
  const marks = names(show(story, "actors"), "actors");
  assert.match(marks[0] ?? "", /^actor Progress-1, dead: killed/);
  assert.ok(marks.some((mark) => mark.startsWith("actor Params-1, waits for its process to start")));
});

test("an actor with slots shows which are free", () => {
  const actors = mock.actors.map((one) => ({ ...one, max_concurrency: 3 }));
  const el = show({ ...mock, actors }, "actors", 1.2);
  assert.equal(el.querySelectorAll('[data-pane="actors"] .rt-unfilled').length, 4);
  assert.match(names(el, "actors")[0] ?? "", /process 4006, 3 calls at a time/);
});

test("objects: size, nodes, copies and who needs them", () => {
  const el = show(mock, "objects", 1.5);
  const marks = names(el, "objects");
  assert.equal(marks[0], "put-1, made by put, 24 MB, shared memory of A and B, held by 2: parse-1 and parse-5");
  assert.equal(marks.at(-1), "Params-1.pull-1, made by Params-1.pull, 120 bytes, inline, inside messages, held by an ID in your code");
  assert.match(textOf(el, '[data-pane="objects"]'), /96 MB, at 0\.58 s/);
  assert.match(textOf(el, '[data-pane="objects"]'), /in the store288 MB144 MB144 MB/);
  assert.match(textOf(el, '[data-pane="objects"]'), /6 values do not exist yet/);
});

test("many small results are told by function, a freed one says when", () => {
  const objects = Array.from({ length: 40 }, (_, i) => ({
    id: `${100 + i}.0`, label: `put-${i}`, task: null, cell: "[4]", line: 2, created_s: 2, size_bytes: 100, shared: false, copies: [], released_s: i === 0 ? 2.5 : null,
  }));
  const el = show({ ...lesson1, objects }, "objects");
  assert.match(textOf(el, '[data-pane="objects"]'), /put × 40.*inline, inside messages: no copy to track/);
  page.click(find(el, '[data-action="table"]'));
  assert.match(textOf(el, "tbody"), /put-0put100 bytesfreedfreed at 0\.50 s/);
});

test("a value that was spilled lies on disk, and on no node", () => {
  const objects = [{
    id: "10.0", label: "put-1", task: null, cell: "[4]", line: 2, created_s: 2, size_bytes: 8_000_000, shared: true,
    copies: [["A", 2], ["disk", 2.2]] as [string, number][], released_s: null,
  }];
  const el = show({ ...lesson1, objects }, "objects");
  assert.match(names(el, "objects")[0] ?? "", /8\.0 MB, disk: shared memory was full, held by/);
  assert.match(textOf(el, '[data-pane="objects"]'), /in the store0 bytes/);
});

test("the same bytes put by one line again and again are pointed at", () => {
  const objects = [1, 2, 3].map((n) => ({
    id: `${n}0.0`, label: `put-${n}`, task: null, cell: "[4]", line: 2, created_s: 2, size_bytes: 8_000_000, shared: true, copies: [["A", 2] as [string, number]], released_s: null,
  }));
  assert.match(textOf(show({ ...lesson1, objects }, "objects"), ".rt-warn"), /cell \[4\], line 2 puts 8\.0 MB 3 times\. .*put it once/);
});

test("what a run has not used is explained, not left empty", () => {
  assert.match(textOf(show(lesson1, "actors"), '[data-pane="actors"]'), /has made no actor.*Counter\.remote\(\)/);
  assert.match(textOf(show(lesson1, "wait"), '[data-pane="wait"]'), /called no wait.*called get once/);
});

test("each view has its own table", () => {
  const heads = (tab: string): (string | null)[] => [...show(mock, tab).querySelectorAll("thead th")].map((e) => e.textContent);
  assert.deepEqual(heads("wait"), ["wait", "now", "ready", "held", "pending", "why"]);
  assert.deepEqual(heads("actors"), ["actor", "state", "running", "waiting, by caller", "next", "work", "line"]);
  assert.deepEqual(heads("objects"), ["object", "made by", "size", "kept", "copied", "held by", "line"]);
});

test("a wide view has the tab and the timeline side by side", () => {
  page = openPage(1400);
  const el = show(mock, "wait");
  assert.ok(find(el, ".rt").hasAttribute("data-wide"));
  assert.equal(find(el, '[data-pane="timeline"] svg').getAttribute("width"), "684");
});
