import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { snapshot } from "../dev/run.ts";
import type { Story } from "../dev/run.ts";
import { session } from "../dev/session.ts";
import { linkToSaved } from "../src/saved.ts";
import { mount } from "../src/view.ts";
import { openPage } from "./page.ts";
import type { Page } from "./page.ts";

let page: Page;

beforeEach(() => {
  page = openPage();
});

function show(now = 4, story: Story = session): HTMLElement {
  const el = page.document.createElement("div");
  page.document.body.append(el);
  mount(el, linkToSaved(JSON.stringify(snapshot(story, now))));
  page.turn();
  return el;
}

const textsOf = (el: Element, selector: string): string[] => [...el.querySelectorAll(selector)].map((one) => one.textContent ?? "");

function open(tab: string, now: number, story: Story = session): HTMLElement {
  const el = show(now, story);
  const button = el.querySelector(`[data-tab="${tab}"]`);
  assert.ok(button);
  page.click(button);
  page.turn();
  return el;
}

const marked = (el: Element, pane: string, selector: string): string[] =>
  [...el.querySelectorAll(`[data-pane="${pane}"] ${selector}`)].map((one) => one.getAttribute("data-tip") ?? one.getAttribute("aria-label") ?? one.textContent ?? "");

test("objects: a copy has its bytes, its time and the moment on its arrow", () => {
  const el = open("objects", 4);
  assert.ok(textsOf(el, '[data-pane="objects"] text').includes("96 MB in 0.12 s, at 0.40 s"));
  assert.ok(marked(el, "objects", "[data-tip]").includes("load-1 was copied from node A to node B: 96 MB in 0.12 s, at 0.40 s, 800 MB a second."));
});

test("objects: a copy on its way is a dashed arrow to where it will be", () => {
  // Rows know of it at its end; a scrubbed run shows it at its time.
  const early: Story = { ...session, run: { ...session.run, end_s: null }, tasks: session.tasks.filter((one) => one.submitted_s < 0.5) };
  const message = snapshot(early, 0.45, 0, false);
  const nodes = snapshot(session, 4).tables.nodes;
  assert.ok(nodes);
  const el = page.document.createElement("div");
  page.document.body.append(el);
  mount(el, linkToSaved(JSON.stringify({ ...message, tables: { ...message.tables, nodes } })));
  page.turn();
  page.click(el.querySelector('[data-tab="objects"]') as Element);
  page.turn();
  assert.equal(el.querySelectorAll('[data-pane="objects"] .rt-coming').length, 1);
  assert.ok(textsOf(el, '[data-pane="objects"] text').some((words) => words.startsWith("96 MB, on its way")));
});

test("objects: the same large argument shipped again is warned of, once it is often", () => {
  const warnings = (now: number): string[] => textsOf(open("objects", now), '[data-pane="objects"] .rt-warn');
  assert.deepEqual(warnings(2.65), [], "two tasks had it");
  assert.deepEqual(warnings(4), ["fit-1, fit-2 and 2 more were given the same 24 MB, pickled and stored 4 times. cell [3], line 5: put it once, big = ray.put(value), and pass the ID: all tasks read one copy."]);
});

test("actors: a restart is drawn in its life, and said while it lasts", () => {
  const during = open("actors", 2.75);
  assert.match(marked(during, "actors", "[data-key]")[0] ?? "", /^actor Counter-1, its process died: it is being restarted/);
  const after = open("actors", 4);
  const tips = marked(after, "actors", "[data-tip]");
  assert.deepEqual(tips, ["The process of Counter-1 died at 2.62 s, its constructor had run again at 2.80 s. It lost what it kept."]);
  assert.match(marked(after, "actors", "[data-key]")[0] ?? "", /alive on node A, process 4006, restarted once, last at 2\.62 s, 3 done, 1 failed/);
});

test("actors: the process is the one of the moment", () => {
  assert.match(marked(open("actors", 2.6), "actors", "[data-key]")[0] ?? "", /process 4005/);
});

test("actors: a call that is over is selected in its life, with its line in the story", () => {
  const el = open("actors", 4);
  const call = el.querySelector('[data-pane="actors"] [data-key="t32"]');
  assert.ok(call);
  page.click(call);
  page.turn();
  assert.match(textsOf(el, ".rt-story").join(""), /Counter-1\.add-1, done.*cell \[3\], line 3/);
});

test("actors: slots in use are counted", () => {
  assert.ok(textsOf(open("actors", 2.6), '[data-pane="actors"] text').includes("running: 3 of 3 slots"));
});

test("what a condensed log has left out is said in every view", () => {
  const story: Story = { ...session, run: { ...session.run, left_out: 123_456, left_out_failed: 2, left_out_work_s: 60, left_out_from_s: 0.5 } };
  for (const tab of ["graph", "actors", "wait", "objects"]) {
    assert.ok(textsOf(open(tab, 4, story), ".rt-warn").some((words) => words.startsWith("123,456 earlier tasks and calls are not drawn. They are over (2 of them failed), began from 0.50 s on and ran 1 min 0 s in all")), tab);
  }
});
