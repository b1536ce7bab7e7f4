import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { snapshot } from "../dev/run.ts";
import { many } from "../dev/stories.ts";
import { mock } from "../dev/views.ts";
import { momentsOf, sentenceAt } from "../src/model/moments.ts";
import { RunStore } from "../src/model/store.ts";
import { cpuTrack } from "../src/model/track.ts";
import { Player } from "../src/player.ts";
import { linkToSaved } from "../src/saved.ts";
import { mount } from "../src/view.ts";
import { openPage } from "./page.ts";
import type { Page } from "./page.ts";

let page: Page;

beforeEach(() => {
  page = openPage();
});

function show(): HTMLElement {
  const el = page.document.createElement("div");
  page.document.body.append(el);
  mount(el, linkToSaved(JSON.stringify(snapshot(mock, 9))));
  page.turn();
  return el;
}

function storeOf(story = mock): RunStore {
  const store = new RunStore();
  store.apply(snapshot(story, 12));
  return store;
}

const find = (el: Element, selector: string): HTMLElement => {
  const found = el.querySelector(selector);
  assert.ok(found, selector);
  return found as HTMLElement;
};
const textOf = (el: Element, selector: string): string => find(el, selector).textContent ?? "";
/** A key on the slider, and the frame that follows. */
function press(el: Element, ...keys: string[]): void {
  for (const key of keys) page.press(key, find(el, "[data-scrub]"));
  page.turn();
}

test("a moment is told in words: what, where and why", () => {
  const said = (t: number): string => sentenceAt(storeOf(), 2 + t)?.words ?? "";
  assert.equal(said(0.09), "the cell puts put-1");
  assert.equal(said(0.13), "load-1 starts on node A, worker 1, after 20 ms in line");
  assert.equal(said(0.47), "load-1 is done");
  assert.equal(said(0.481), "parse-1 and parse-2 start");
  assert.equal(said(0.73), "the cell calls wait for 3 of 6 IDs, at most 800 ms");
  assert.equal(said(1.346), "wait returns 3 IDs as ready and holds parse-6 back");
  assert.equal(said(1.325), "Progress-1.add-7 starts, after 0.24 s in line");
  assert.equal(said(1.365), "get returns to parse-1");
});

test("moments stand in order and are kept until the rows change", () => {
  const store = storeOf();
  const moments = momentsOf(store);
  assert.ok(moments.every((m, i) => i === 0 || (moments[i - 1]?.t ?? 0) <= m.t));
  assert.equal(momentsOf(store), moments);
  store.apply(snapshot(mock, 2.5, 1));
  assert.notEqual(momentsOf(store), moments);
});

test("the track counts CPUs in use, and a lent one only once", () => {
  const track = cpuTrack(storeOf(), 2, 4.66, 266);
  const at = (t: number): number => track[Math.round(t * 100)] ?? -1;
  assert.deepEqual([at(0.05), at(0.3), at(0.7), at(1.0), at(1.1), at(2.5)], [0, 1, 3, 3, 3, 1]);
});

test("the slider drives every picture: earlier states, later ones, back to the end", () => {
  const el = show();
  assert.equal(textOf(el, ".rt-counts"), "26 done");
  press(el, "Home");
  assert.equal(textOf(el, ".rt-counts"), "no tasks yet");
  assert.equal(el.querySelectorAll('[data-pane="timeline"] .rt-bar').length, 0);
  press(el, "PageUp", "PageUp", "PageUp", "PageUp");
  assert.match(textOf(el, ".rt-counts"), /5 running1 blocked/);
  assert.equal(find(el, "[data-scrub]").getAttribute("aria-valuenow"), "1.064");
  press(el, "End");
  assert.equal(textOf(el, ".rt-counts"), "26 done");
});

test("up and down go from event to event, left and right a little", () => {
  const el = show();
  press(el, "Home", "ArrowUp");
  assert.equal(textOf(el, ".rt-moment"), "t = 80 ms: the cell puts put-1.");
  press(el, "ArrowUp", "ArrowUp");
  assert.equal(textOf(el, ".rt-moment"), "t = 0.12 s: load-1 starts on node A, worker 1, after 20 ms in line.");
  press(el, "ArrowDown");
  assert.equal(textOf(el, ".rt-moment"), "t = 0.10 s: the cell submits load-1.");
  press(el, "ArrowRight");
  assert.equal(find(el, "[data-scrub]").getAttribute("aria-valuenow"), "0.1266");
});

test("a pointer drags the slider", () => {
  const el = show();
  const track = find(el, "[data-scrub]");
  const [edge = 0, room = 0] = (track.getAttribute("data-scrub") ?? "").split(" ").map(Number);
  /** Frames pass until the slider says so; the pacer skips some after a slow one. */
  const shows = (value: string): void => {
    while (track.getAttribute("aria-valuenow") !== value) page.turn();
  };
  page.point("pointerdown", track, edge + room / 2);
  shows("1.33");
  page.point("pointermove", page.document.documentElement, edge + room / 4);
  shows("0.665");
  page.point("pointerup", page.document.documentElement, 0);
  page.point("pointermove", page.document.documentElement, edge + room);
  page.click(find(el, '[data-action="next"]'));
  assert.equal(track.getAttribute("aria-valuenow"), "0.7");
  page.click(find(el, '[data-action="live"]'));
  assert.equal(find(el, "[data-scrub]").getAttribute("aria-valuenow"), "2.66");
});

test("playing goes on at its speed and ends at the end", () => {
  let now = 0;
  const player = new Player(() => now);
  player.toggle(10);
  player.faster();
  assert.equal(player.moment(20), 10);
  now = 1500;
  assert.equal(player.moment(20), 13);
  player.toggle(10);
  now = 3000;
  assert.equal(player.moment(20), 13);
  player.toggle(10);
  now = 9000;
  assert.equal(player.moment(20), 20);
  assert.deepEqual([player.isPlaying, player.isFollowing], [false, true]);
});

test("a moment of 20,000 tasks is found without telling them all", () => {
  const story = many(20_001);
  const store = storeOf({ ...story, run: { ...story.run, end_s: 10 } });
  assert.ok(momentsOf(store).length <= 2 * 20_001);
  assert.match(sentenceAt(store, 2.06)?.words ?? "", /f-\d+ /);
});
