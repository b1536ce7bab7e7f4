import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { node, snapshot, task } from "../dev/run.ts";
import type { Story } from "../dev/run.ts";
import { lesson1 } from "../dev/stories.ts";
import { Commands } from "../src/commands.ts";
import { blanksOf } from "../src/model/blanks.ts";
import type { ViewMessage } from "../src/model/messages.ts";
import type { NodeRow } from "../src/model/rows.ts";
import { RunStore } from "../src/model/store.ts";
import { mount } from "../src/view.ts";
import { openPage } from "./page.ts";
import type { Page } from "./page.ts";

let page: Page;

beforeEach(() => {
  page = openPage();
});

const CONTROLS = ["cancel", "pause", "step", "resume", "speed"];

/** Frames pass until it is so; the pacer skips some after a slow one. */
function until(isSo: () => boolean): void {
  while (!isSo()) page.turn();
}

/** A live view of a run; `tell` sends it what the kernel would. */
function live(more: Partial<NodeRow> = {}, controls = CONTROLS, absent = {}) {
  const el = page.document.createElement("div");
  page.document.body.append(el);
  const sent: ViewMessage[] = [];
  let tell: (message: unknown) => void = () => {};
  const unmount = mount(el, {
    send: (message) => sent.push(message),
    onMessage: (listener) => {
      tell = listener;
      return () => {};
    },
  });
  let seq = 0;
  const show = (rows: Partial<NodeRow>): void => {
    const story: Story = { ...lesson1, nodes: [node("A", 2, rows)] };
    tell({ ...snapshot(story, 9, (seq += 1)), live: true, controls, absent });
    page.turn();
  };
  show(more);
  sent.length = 0;
  return { el, sent, show, unmount, tell: (message: unknown) => tell(message) };
}

const find = (el: Element, selector: string): Element => {
  const found = el.querySelector(selector);
  assert.ok(found, selector);
  return found;
};
const named = (el: Element, word: string): Element => find(el, `button[aria-label^="${word}"]`);

test("pause, step, resume and speed are sent as commands", () => {
  const { el, sent, show, unmount } = live();
  page.click(named(el, "Pause:"));
  page.click(named(el, "Step:"));
  page.click(named(el, "Speed: full:"));
  show({ paused: [[2.5, null]] });
  until(() => named(el, "Resume:").getAttribute("aria-disabled") === "false");
  page.click(named(el, "Resume:"));
  show({ slowed: [[2.5, null]], per_second: 0.5 });
  until(() => el.querySelector('[aria-label^="Speed: 0.5/s:"]') !== null);
  page.click(named(el, "Speed: 0.5/s:"));
  assert.deepEqual(sent.map((m) => (m.type === "command" ? [m.id, m.name, m.args] : m)), [
    [1, "pause", {}], [2, "step", {}], [3, "speed", { per_second: 10 }], [4, "resume", {}], [5, "resume", {}],
  ]);
  unmount();
});

test("a button that would do nothing says why, and is not pressed", () => {
  const { el, sent, show, unmount } = live();
  assert.equal(named(el, "Resume:").getAttribute("aria-disabled"), "true");
  page.click(named(el, "Resume:"));
  show({ paused: [[2.5, null]] });
  until(() => named(el, "Pause:").getAttribute("title") === "The session is paused already.");
  page.click(named(el, "Pause:"));
  assert.deepEqual(sent, []);
  unmount();
});

test("a paused view says what is next and who lost", () => {
  const { el, unmount } = live({
    paused: [[2.5, null]], next_words: "f-3 on worker 2, because it is first in line", losers: ["f-4 was submitted later"],
  });
  assert.equal(find(el, ".rt-next").textContent, "Paused. Next: f-3 on worker 2, because it is first in line.");
  assert.equal(find(el, ".rt-losers").textContent, "Not next: f-4 was submitted later.");
  unmount();
});

test("an engine that cannot be held has no buttons for it", () => {
  const { el, unmount } = live({}, ["cancel"]);
  assert.equal(el.querySelector(".rt-gate"), null);
  unmount();
});

test("what the kernel refuses is said", () => {
  const { el, tell, unmount } = live();
  page.click(named(el, "Step:"));
  assert.equal(find(el, '[aria-label="Starts of tasks"]').getAttribute("aria-busy"), "true");
  tell({ type: "reply", id: 1, ok: false, error: "the session is closed" });
  until(() => find(el, ".rt-next").textContent === "the session is closed");
  assert.equal(find(el, '[aria-label="Starts of tasks"]').getAttribute("aria-busy"), "false");
  unmount();
});

test("a view that is asked says that it is there", () => {
  const { sent, tell, unmount } = live();
  tell({ type: "ask" });
  assert.deepEqual(sent, [{ type: "here" }]);
  unmount();
});

test("commands that stay unanswered say that the kernel cannot hear; an answer ends that", () => {
  const sent: ViewMessage[] = [];
  let beat = (): void => {};
  let isRunning = false;
  const timers = {
    every: (_: number, action: () => void) => {
      [beat, isRunning] = [action, true];
      return () => {
        isRunning = false;
      };
    },
  };
  const commands = new Commands((message) => sent.push(message), timers, () => {});
  commands.give("pause");
  assert.deepEqual([commands.isPending, commands.isDeaf, isRunning], [true, false, true]);
  beat();
  assert.deepEqual([commands.isDeaf, isRunning], [true, false]);
  commands.give("step");
  assert.equal(sent.length, 1);
  commands.receive({ type: "reply", id: 1, ok: true, error: "" });
  assert.deepEqual([commands.isPending, commands.isDeaf, isRunning], [false, false, false]);
  commands.give("step");
  assert.equal(sent.length, 2);
});

test("a blank of the timeline says paused where the session was", () => {
  const store = new RunStore();
  const story: Story = {
    ...lesson1,
    nodes: [node("A", 2, { paused: [[2.2, 2.6]], slowed: [[2.7, 2.8]] })],
    tasks: [task(1, "f-1", 2.1, null, [], [[1, 3, 3.5]])],
  };
  store.apply(snapshot(story, 9));
  const worker = { ...story.workers[0]!, id: 1, node: "A" };
  const first = store.tasks.get(1)!;
  const gap = { from: 2, to: 3, isFirst: true, next: { task: first } } as never;
  const found = blanksOf(store, { worker, label: "worker 1", bars: [] } as never, gap, 9);
  assert.deepEqual(found.map((b) => [b.from, b.to, b.text]), [
    [2, 2.1, "no task yet"], [2.1, 2.2, ""], [2.2, 2.6, "paused"], [2.6, 2.7, ""], [2.7, 2.8, "slowed"], [2.8, 3, ""],
  ]);
  assert.match(found[2]?.why ?? "", /worker 1 ran nothing for .*: the session was paused\./);
});

test("an engine that cannot be held shows the buttons off, with the reason", () => {
  const why = "Ray's own schedulers start tasks";
  const { el, sent, unmount } = live({}, ["cancel"], { pause: why, step: why, speed: why, resume: "nothing can be paused here" });
  assert.ok(find(el, ".rt-next").textContent?.includes(`Not available here: ${why}.`));
  for (const word of ["Pause", "Step", "Resume", "Speed"]) {
    const one = named(el, word);
    assert.equal(one.getAttribute("aria-disabled"), "true");
    assert.equal(one.getAttribute("title"), word === "Resume" ? "nothing can be paused here" : why);
    page.click(one);
  }
  assert.deepEqual(sent, []);
  unmount();
});
