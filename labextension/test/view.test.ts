import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { snapshot } from "../dev/run.ts";
import type { Story } from "../dev/run.ts";
import { empty, lesson1, many, nested, wordCount } from "../dev/stories.ts";
import { h, patch } from "../src/draw/dom.ts";
import type { Link } from "../src/link.ts";
import { linkToSaved } from "../src/saved.ts";
import { mount } from "../src/view.ts";
import { linkTo } from "../src/widget.ts";
import type { WidgetModel } from "../src/widget.ts";
import { openPage } from "./page.ts";
import type { Page } from "./page.ts";

let page: Page;

beforeEach(() => {
  page = openPage();
});

/** A saved run on the page. */
function show(story: Story, now = 9): { el: HTMLElement; unmount: () => void } {
  const el = page.document.createElement("div");
  page.document.body.append(el);
  const unmount = mount(el, linkToSaved(JSON.stringify(snapshot(story, now))));
  for (let i = 0; i < 4; i += 1) page.turn();
  return { el, unmount };
}

const find = (el: Element, selector: string): Element => {
  const found = el.querySelector(selector);
  assert.ok(found, selector);
  return found;
};
const textOf = (el: Element, selector: string): string => find(el, selector).textContent ?? "";
const inGraph = (key: string): string => `[data-pane="graph"] [data-key="${key}"]`;

test("patch keeps elements by key and changes only what differs", () => {
  const parent = page.document.createElement("div");
  patch(parent, [h("p", { key: "a" }, "1"), h("p", { key: "b", class: "x" }, "2")]);
  const [a, b] = [...parent.children];
  patch(parent, [h("p", { key: "b" }, "3"), null, h("p", { key: "c" }), h("p", { key: "a" }, "1")]);
  assert.deepEqual([...parent.children].map((e) => e.textContent), ["3", "", "1"]);
  assert.equal(parent.children[0], b);
  assert.equal(parent.children[2], a);
  assert.equal(b?.hasAttribute("class"), false);
});

test("the header says run and counts in their order, zeros left out", () => {
  const { el } = show(wordCount);
  assert.equal(textOf(el, ".rt-title"), "Run 3 of cell [7]");
  assert.equal(textOf(el, ".rt-counts"), "15 done1 failed1 cancelled3 cannot run");
  assert.equal(textOf(el, ".rt-pill"), "saved");
});

test("graph, timeline, table and status hold the same run", () => {
  const { el } = show(wordCount);
  assert.equal(el.querySelectorAll('[data-pane="graph"] [data-key]').length, 15);
  assert.equal(el.querySelectorAll('[data-pane="timeline"] .rt-bar').length, 17);
  assert.equal(el.querySelectorAll("tbody tr").length, wordCount.tasks.length);
  assert.match(textOf(el, '[role="status"]'), /Run 3 of cell \[7\]: 15 done, 1 failed/);
});

test("every mark is named by task and state", () => {
  const { el } = show(wordCount);
  assert.equal(find(el, inGraph("t13")).getAttribute("aria-label"), "parse-3, failed");
  assert.equal(find(el, inGraph("t24")).getAttribute("aria-label"), "reduce-4, cannot run");
});

test("a click selects in the graph and in the timeline, and tells the story", () => {
  const { el } = show(wordCount);
  page.click(find(el, inGraph("t15")));
  const pressed = [...el.querySelectorAll('[aria-pressed="true"]')].map((e) => e.getAttribute("data-key"));
  assert.deepEqual(pressed, ["t15", "t15"]);
  const story = textOf(el, ".rt-story");
  for (const words of ["parse-5, done", "takes load-1 and put-1", "cell [7], line 4", "Ran 0.52 s on worker 2"]) {
    assert.ok(story.includes(words), `${words} in ${story}`);
  }
});

test("arrows follow the graph, Enter opens the details, Escape clears", () => {
  const { el } = show(wordCount);
  const press = (key: string): void => page.press(key, page.document.activeElement ?? el);
  (find(el, inGraph("t15")) as HTMLElement).focus();
  press("Enter");
  assert.match(textOf(el, ".rt-details"), /submitted.*ran.*worker 2/);
  press("ArrowRight");
  assert.equal(find(el, '[aria-pressed="true"]').getAttribute("data-key"), "t23");
  assert.equal(page.document.activeElement?.getAttribute("data-key"), "t23");
  press("ArrowLeft");
  press("ArrowUp");
  press("Escape");
  assert.equal(el.querySelector('[aria-pressed="true"]'), null);
  assert.equal(el.querySelector(".rt-details"), null);
});

test("arrows follow the lanes of the timeline", () => {
  const { el } = show(wordCount);
  const bar = find(el, '[data-pane="timeline"] [data-key="t12"]') as HTMLElement;
  page.click(bar);
  bar.focus();
  const at = (): string | null => page.document.activeElement?.getAttribute("data-key") ?? null;
  page.press("ArrowRight", page.document.activeElement ?? el);
  assert.equal(at(), "t15");
  page.press("ArrowDown", page.document.activeElement ?? el);
  assert.equal(at(), "t16");
});

test("the error stands below with its line, and who cannot run for it", () => {
  const { el } = show(wordCount);
  assert.match(textOf(el, ".rt-error"), /ValueError: row 9141.*parse-3, attempt 2.*line 9.*cell \[7\], line 4/s);
  assert.match(textOf(el, ".rt-after"), /reduce-2, reduce-4 and reduce-5 cannot run: they need parse-3/);
});

test("text of rows is never markup", () => {
  const evil = "<img src=x onerror=alert(1)>";
  const tasks = wordCount.tasks.map((t) => ({ ...t, label: t.id === 13 ? evil : t.label, error: t.error && evil, source: evil, story: evil }));
  const { el } = show({ ...wordCount, tasks });
  page.click(find(el, inGraph("t13")));
  assert.equal(el.querySelector("img"), null);
  assert.ok(textOf(el, ".rt-story").includes(evil));
});

test("a cell without tasks says so", () => {
  assert.match(textOf(show(empty).el, ".rt-top"), /This cell has started nothing\..*f\.remote\(1\)/);
});

test("5,000 tasks: few marks, right counts, and one group for all", () => {
  const { el } = show(many(5000));
  assert.ok(el.querySelectorAll("svg *").length < 6000);
  assert.equal(textOf(el, ".rt-counts"), "5,000 done");
  assert.match(textOf(el, '[data-pane="graph"]'), /f × 5,000.*5,000 done/);
  assert.equal(el.querySelectorAll("tbody tr").length, 200);
  page.click(find(el, '[data-action="page"]'));
  assert.equal(textOf(el, "tbody th"), "f-201");
});

test("nested tasks, two nodes and an outside value are drawn", () => {
  const { el } = show(nested, 2.5);
  assert.match(textOf(el, '[data-pane="graph"]'), /from elsewhere/);
  assert.match(textOf(el, '[data-pane="timeline"]'), /node A.*node B/);
  assert.match(textOf(el, '[data-pane="timeline"]'), /2 more workers: no task of this cell/);
});

test("a narrow view says the same", () => {
  page = openPage(448);
  const { el } = show(wordCount);
  assert.ok(find(el, ".rt").hasAttribute("data-narrow"));
  assert.equal(el.querySelectorAll('[data-pane="graph"] [data-key]').length, 15);
});

test("hovering tells the story of the mark under the pointer", () => {
  const { el } = show(wordCount);
  const event = new (globalThis.window as unknown as { MouseEvent: typeof MouseEvent }).MouseEvent("pointermove", { bubbles: true });
  find(el, inGraph("t21")).dispatchEvent(event);
  assert.equal((find(el, ".rt-tip") as HTMLElement).hidden, false);
  assert.match(textOf(el, ".rt-tip"), /reduce-1, done.*takes parse-1 and parse-2/);
});

test("unmount leaves nothing behind", () => {
  const { el, unmount } = show(lesson1);
  unmount();
  assert.equal(el.childNodes.length, 0);
});

test("a widget's model is the link: hello out, snapshot in", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const sent: unknown[] = [];
  const listeners = new Map<string, (message: unknown) => void>();
  const model: WidgetModel = {
    get: () => undefined,
    send: (message) => sent.push(message),
    on: (event, listener) => listeners.set(event, listener),
    off: (event) => listeners.delete(event),
  };
  const el = page.document.body.appendChild(page.document.createElement("div"));
  const link: Link = linkTo(model);
  const unmount = mount(el, link);
  t.mock.timers.tick(200);
  assert.deepEqual(sent, [{ type: "hello", version: 1 }, { type: "hello", version: 1 }]);
  listeners.get("msg:custom")?.(snapshot(lesson1, 9));
  for (let i = 0; i < 4; i += 1) page.turn();
  assert.equal(textOf(el, ".rt-counts"), "4 done");
  unmount();
  assert.equal(listeners.size, 0);
});

test("a kernel that never answers is told after a while", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const el = page.document.body.appendChild(page.document.createElement("div"));
  mount(el, { send: () => undefined, onMessage: () => () => undefined });
  for (let i = 0; i < 4; i += 1) page.turn();
  assert.equal(el.querySelector('[role="alert"]'), null);
  t.mock.timers.tick(4000);
  for (let i = 0; i < 4; i += 1) page.turn();
  assert.match(textOf(el, '[role="alert"]'), /The kernel does not answer/);
});
