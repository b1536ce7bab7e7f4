import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { snapshot } from "../dev/run.ts";
import { lesson1 } from "../dev/stories.ts";
import { mock } from "../dev/views.ts";
import { axisBetween, tickLabel } from "../src/layout/axis.ts";
import { linkToSaved } from "../src/saved.ts";
import { mount } from "../src/view.ts";
import { openPage } from "./page.ts";
import type { Page } from "./page.ts";

let page: Page;

beforeEach(() => {
  page = openPage();
});

function show(story = mock): HTMLElement {
  const el = page.document.createElement("div");
  page.document.body.append(el);
  mount(el, linkToSaved(JSON.stringify(snapshot(story, 9))));
  page.turn();
  return el;
}

const find = (el: Element, selector: string): HTMLElement => {
  const found = el.querySelector(selector);
  assert.ok(found, selector);
  return found as HTMLElement;
};
const textOf = (el: Element, selector: string): string => find(el, selector).textContent ?? "";
const tips = (el: Element): string[] => [...el.querySelectorAll("[data-tip]")].map((mark) => mark.getAttribute("data-tip") ?? "");
/** The part of the run that the timeline shows, in hundredths of a second after its start. */
const shown = (el: Element): number[] =>
  (find(el, "[data-time]").getAttribute("data-time") ?? "").split(" ").slice(2).map((t) => Math.round((Number(t) - 2) * 100));

test("every blank says its cause in a sentence", () => {
  const all = tips(show());
  for (const why of [
    "The process of worker 1 was starting, 0.11 s up to 0.11 s.",
    "worker 2 ran nothing for 0.30 s, from 0.16 s to 0.46 s: parse-2, which ran next, needed load-1, which came at 0.46 s.",
    "Progress-1 ran nothing for 0.32 s, from 0.30 s to 0.62 s: Progress-1.add-1, which ran next, was not submitted yet. The cell ran code of its own.",
    "Params-1 ran nothing for 1.04 s, from 1.62 s to 2.66 s: no call was in its mailbox.",
    "worker 3 ran nothing for 1.32 s, from 1.34 s to 2.66 s: every task of this run has started elsewhere or is over.",
    "The cell ran code of its own: it neither submitted a task nor waited for one.",
  ]) {
    assert.ok(all.includes(why), `${why}\nin\n${all.join("\n")}`);
  }
});

test("hovering over a blank shows its sentence", () => {
  const el = show();
  page.point("pointermove", find(el, "[data-tip]"), 300);
  assert.equal(find(el, ".rt-tip").hidden, false);
  assert.match(textOf(el, ".rt-tip"), /was starting/);
  page.point("pointermove", find(el, ".rt-head"), 10);
  assert.equal(find(el, ".rt-tip").hidden, true);
});

test("the critical path is shown on demand, with the reason in words", () => {
  const el = show();
  assert.equal(el.querySelector(".rt-critical"), null);
  page.click(find(el, '[data-action="critical"]'));
  const marked = [...el.querySelectorAll(".rt-bar:has(.rt-critical)")].map((bar) => bar.getAttribute("data-key"));
  assert.deepEqual(marked, ["t20", "t15", "t23", "t25"]);
  assert.equal(el.querySelectorAll(".rt-critical-link").length, 3);
  assert.match(textOf(el, ".rt-critical-words"), /^Why not faster\? The chain load-1, parse-5/);
  page.click(find(el, '[data-action="critical"]'));
  assert.equal(el.querySelector(".rt-critical"), null);
});

test("a run without a known critical path offers none", () => {
  assert.equal(show(lesson1).querySelector('[data-action="critical"]'), null);
});

test("dragging over a range zooms to it, and back", () => {
  const el = show();
  const picture = find(el, "[data-time]");
  const [left = 0, room = 0] = (picture.getAttribute("data-time") ?? "").split(" ").map(Number);
  const whole = shown(el);
  page.point("pointerdown", picture, left + room * 0.25);
  page.point("pointermove", page.document.documentElement, left + room * 0.5);
  page.point("pointerup", page.document.documentElement, left + room * 0.5);
  while (el.querySelector('[data-action="zoom-all"]') === null) page.turn();
  assert.deepEqual(shown(el), [68, 136]);
  const keys = [...el.querySelectorAll('[data-pane="timeline"] .rt-bar')].map((bar) => bar.getAttribute("data-key"));
  assert.ok(keys.includes("t15") && !keys.includes("t20") && !keys.includes("t25"));
  page.click(find(el, '[data-action="zoom-all"]'));
  assert.deepEqual(shown(el), whole);
});

test("a click in the timeline does not zoom", () => {
  const el = show();
  const before = shown(el);
  page.point("pointerdown", find(el, "[data-time]"), 400);
  page.point("pointerup", page.document.documentElement, 402);
  page.click(find(el, ".rt-tabs button"));
  assert.deepEqual(shown(el), before);
});

test("the keyboard zooms and moves: + - [ ] 0", () => {
  const el = show();
  const bar = find(el, '[data-pane="timeline"] .rt-bar');
  page.press("+", bar);
  assert.deepEqual(shown(el), [67, 200]);
  page.press("]", find(el, '[data-pane="timeline"] .rt-bar'));
  assert.deepEqual(shown(el), [133, 266]);
  page.press("[", find(el, '[data-pane="timeline"] .rt-bar'));
  page.press("-", find(el, '[data-pane="timeline"] .rt-bar'));
  assert.equal(el.querySelector('[data-action="zoom-all"]'), null);
});

test("the ticks of a part count from the start of the run", () => {
  const labels = (from: number, to: number): string[] => {
    const axis = axisBetween(2, from, to, 840);
    return axis.ticks.map((tick) => tickLabel(tick, axis.step));
  };
  assert.deepEqual(labels(3.23, 3.47), ["1.25", "1.30", "1.35", "1.40", "1.45"]);
  assert.deepEqual(labels(3.23, 3.29), ["1230", "1240", "1250", "1260", "1270", "1280", "1290"]);
});
