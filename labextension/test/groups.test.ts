import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { snapshot } from "../dev/run.ts";
import { many } from "../dev/stories.ts";
import { big } from "../dev/views.ts";
import { Layers } from "../src/layout/layers.ts";
import { GROUP_OVER, Groups, nameOfGroup } from "../src/model/groups.ts";
import { inWords } from "../src/model/state.ts";
import { RunStore } from "../src/model/store.ts";
import type { Link } from "../src/link.ts";
import { linkToSaved } from "../src/saved.ts";
import { mount } from "../src/view.ts";
import { openPage } from "./page.ts";
import type { Page } from "./page.ts";

let page: Page;

beforeEach(() => {
  page = openPage();
});

function grouped(now: number): { store: RunStore; groups: Groups } {
  const store = new RunStore();
  store.apply(snapshot(big, 2 + now));
  const groups = new Groups();
  groups.grow(store);
  return { store, groups };
}

function show(link: Link): HTMLElement {
  const el = page.document.createElement("div");
  page.document.body.append(el);
  mount(el, link);
  page.turn();
  return el;
}

const saved = (now: number): Link => linkToSaved(JSON.stringify(snapshot(big, 2 + now)));
const find = (el: Element, selector: string): HTMLElement => {
  const found = el.querySelector(selector);
  assert.ok(found, selector);
  return found as HTMLElement;
};
const marks = (el: Element, look: string): string[] =>
  [...el.querySelectorAll(`[data-pane="graph"] ${look}`)].map((mark) => mark.getAttribute("aria-label") ?? "");

test("tasks of one function and layer are one group, in the layer after their inputs", () => {
  const { store, groups } = grouped(9);
  const found = [...groups.nodes.values()].map((g) => [nameOfGroup(store, g), g.layer]);
  assert.deepEqual(found, [["put-1", 0], ["load-1", 1], ["parse × 600", 2], ["reduce × 60", 3], ["total-1", 4]]);
  assert.deepEqual([...groups.into.get("g3 reduce") ?? []], ["g2 parse"]);
});

test("the layout agrees on the layers, and groups that grow stay where they are", () => {
  const { store, groups } = grouped(0.025);
  const layers = new Layers();
  layers.place([...groups.nodes.values()]);
  const before = new Map(layers.places);
  store.apply(snapshot(big, 11, 1));
  layers.place(groups.grow(store));
  for (const [key, place] of before) assert.deepEqual(layers.places.get(key), place);
  for (const group of groups.nodes.values()) assert.equal(layers.places.get(group.key)?.layer, group.layer);
});

test("a group counts its states at any moment", () => {
  const { store, groups } = grouped(9);
  const facts = (t: number): string => inWords(groups.counts(store, 2 + t).get("g2 parse")).map(([, n, w]) => `${n} ${w}`).join(", ");
  assert.equal(facts(0.1), "600 waiting");
  assert.equal(facts(1.005), "4 running, 440 waiting, 154 done, 2 failed");
  assert.equal(facts(3.9), "594 done, 6 failed");
});

test("a large run is drawn in groups; one opens when it is selected", () => {
  const el = show(saved(1.005));
  assert.deepEqual(marks(el, ".rt-group"), [
    "put-1", "load-1: 1 done", "parse × 600: 4 running, 440 waiting, 154 done, 2 failed", "reduce × 60: 60 waiting", "total-1: 1 waiting",
  ]);
  assert.equal(el.querySelectorAll(".rt-chip").length, 0);
  page.click(find(el, '[data-key="g2 parse"]'));
  assert.equal(el.querySelectorAll(".rt-chip").length, 600);
  assert.match(find(el, ".rt-history").textContent ?? "", /tasks of parse × 600, in order of submission:/);
  assert.match(find(el, ".rt-story").textContent ?? "", /parse × 600.*4 running/);
});

test("a task chosen in an open group is selected everywhere, by pointer and keys", () => {
  const el = show(saved(1.005));
  page.click(find(el, '[data-key="g2 parse"]'));
  page.click(find(el, '.rt-chip[data-key="t140"]'));
  assert.match(find(el, ".rt-story").textContent ?? "", /parse-41, failed/);
  assert.equal(find(el, '[data-pane="timeline"] [aria-pressed="true"]').getAttribute("data-key"), "t140");
  find(el, '.rt-chip[data-key="t140"]').focus();
  page.press("ArrowRight", page.document.activeElement ?? el);
  assert.equal(page.document.activeElement?.getAttribute("data-key"), "t141");
  page.press("Escape", page.document.activeElement ?? el);
  assert.equal(el.querySelectorAll(".rt-chip").length, 0);
});

test("arrow keys go from group to group along the edges", () => {
  const el = show(saved(9));
  const group = find(el, '[data-key="g2 parse"]');
  page.click(group);
  group.focus();
  page.press("ArrowRight", group);
  assert.equal(page.document.activeElement?.getAttribute("data-key"), "g3 reduce");
  page.press("ArrowLeft", page.document.activeElement ?? el);
  assert.equal(page.document.activeElement?.getAttribute("data-key"), "g2 parse");
});

test("a run that grows large turns to groups once", () => {
  let tell: (message: unknown) => void = () => undefined;
  const link: Link = { send: () => undefined, onMessage: (listener) => ((tell = listener), () => undefined) };
  const el = show(link);
  tell(snapshot(many(GROUP_OVER), 12, 1));
  while (marks(el, ".rt-node").length === 0) page.turn();
  assert.equal(marks(el, ".rt-node").length, GROUP_OVER);
  tell(snapshot(many(GROUP_OVER + 1), 12, 2));
  while (marks(el, ".rt-group").length === 0) page.turn();
  assert.deepEqual(marks(el, ".rt-group"), [`f × ${GROUP_OVER + 1}: ${GROUP_OVER + 1} done`]);
  assert.equal(marks(el, ".rt-node").length, 0);
});
