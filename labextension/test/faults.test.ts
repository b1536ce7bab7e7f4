import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { known, node, snapshot, task } from "../dev/run.ts";
import type { Story } from "../dev/run.ts";
import { lesson1, wordCount } from "../dev/stories.ts";
import type { ViewMessage } from "../src/model/messages.ts";
import { mount } from "../src/view.ts";
import { openPage } from "./page.ts";
import type { Page } from "./page.ts";

let page: Page;

beforeEach(() => {
  page = openPage();
});

const CONTROLS = ["cancel", "pause", "step", "resume", "speed", "kill_worker", "kill_actor", "kill_node", "lose_object", "slow_node"];

/** Frames pass until it is so; the pacer skips some after a slow one. */
function until(isSo: () => boolean): void {
  while (!isSo()) page.turn();
}

/** A view of a run that can be told what the kernel would say. */
function show(story: Story, { live = true, controls = CONTROLS } = {}) {
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
  const next = (rows: Story): void => {
    tell({ ...snapshot(rows, 9, (seq += 1)), live, controls });
    page.turn();
  };
  next(story);
  sent.length = 0;
  return { el, sent, next, unmount, tell: (message: unknown) => tell(message) };
}

const find = (el: Element, selector: string): Element => {
  const found = el.querySelector(selector);
  assert.ok(found, selector);
  return found;
};
const faultsOf = (el: Element): string[] => [...el.querySelectorAll(".rt-faults button")].map((b) => b.textContent ?? "");

/** Some tasks run, an actor lives, a large value is there; two nodes. */
const busy: Story = { ...known(wordCount, 2.95), nodes: [node("A", 4), node("B", 2)] };

test("the switch is off until somebody turns it on", () => {
  const { el, unmount } = show(busy);
  const turn = find(el, '[role="switch"]');
  assert.equal(turn.getAttribute("aria-checked"), "false");
  assert.deepEqual(faultsOf(el), []);
  page.click(turn);
  until(() => faultsOf(el).length === 5);
  assert.equal(find(el, '[role="switch"]').getAttribute("aria-checked"), "true");
  page.click(find(el, '[role="switch"]'));
  until(() => faultsOf(el).length === 0);
  unmount();
});

test("each button names its target and sends the fault", () => {
  const { el, sent, next, unmount } = show(busy);
  page.click(find(el, '[role="switch"]'));
  until(() => faultsOf(el).length === 5);
  const words = faultsOf(el);
  assert.match(words[0] ?? "", /^Kill node A, worker \d$/);
  assert.equal(words[1], "Kill Progress-1");
  assert.equal(words[2], "Kill node B");
  assert.match(words[3] ?? "", /^Lose /);
  assert.equal(words[4], "Slow node B");
  for (const button of el.querySelectorAll(".rt-faults button")) page.click(button);
  const told = sent.map((m) => (m.type === "command" ? [m.name, Object.keys(m.args)[0]] : m));
  assert.deepEqual(told, [
    ["kill_worker", "worker"], ["kill_actor", "actor"], ["kill_node", "node"], ["lose_object", "object"], ["slow_node", "node"],
  ]);
  next({ ...busy, nodes: [node("A", 4), node("B", 2, { times_slower: 4 })] });
  until(() => faultsOf(el)[4] === "Node B as usual");
  unmount();
});

test("what is selected is what is hit", () => {
  const { el, sent, unmount } = show(busy);
  page.click(find(el, '[role="switch"]'));
  until(() => faultsOf(el).length === 5);
  page.click(find(el, '[data-key="t12"]'));
  until(() => faultsOf(el)[0] === "Kill node A, worker 2");
  page.click(find(el, '[data-fault="kill_worker"]'));
  assert.deepEqual(sent.map((m) => (m.type === "command" ? m.args : m)), [{ worker: 2 }]);
  unmount();
});

test("a fault that hits nothing says why, and is not sent", () => {
  const { el, sent, unmount } = show({ ...lesson1, nodes: [node("A", 2)] });
  page.click(find(el, '[role="switch"]'));
  until(() => faultsOf(el).length === 5);
  for (const fault of ["kill_worker", "kill_actor", "kill_node"]) {
    const button = find(el, `[data-fault="${fault}"]`);
    assert.equal(button.getAttribute("aria-disabled"), "true");
    page.click(button);
  }
  assert.match(find(el, '[data-fault="kill_node"]').getAttribute("aria-label") ?? "", /notebook's own node cannot go/);
  assert.deepEqual(sent, []);
  unmount();
});

test("a saved run and an engine without faults say why nothing can be broken", () => {
  for (const [how, why] of [[{ live: false }, /saved run/], [{ controls: ["cancel"] }, /lets nobody break/]] as const) {
    const { el, unmount } = show(busy, how as never);
    const turn = find(el, '[role="switch"]');
    assert.equal(turn.getAttribute("aria-disabled"), "true");
    assert.match(find(el, ".rt-off").textContent ?? "", why);
    page.click(turn);
    page.turn();
    assert.deepEqual(faultsOf(el), []);
    unmount();
  }
});

test("what the kernel refuses is said beside the buttons", () => {
  const { el, tell, unmount } = show(busy);
  page.click(find(el, '[role="switch"]'));
  until(() => faultsOf(el).length === 5);
  page.click(find(el, '[data-fault="kill_worker"]'));
  tell({ type: "reply", id: 1, ok: false, error: "there is no worker 1" });
  until(() => find(el, ".rt-faults .rt-next").textContent === "there is no worker 1");
  unmount();
});

test("the way back after a fault is drawn from the lost attempt to the next, with its cause", () => {
  const again = "Attempt 1 was lost: worker 1 was ended with kill_worker().";
  const lost = task(1, "f-1", 2.1, 2.1, [], [[1, 2.2, 2.6, "lost"], [2, 2.7, 3.1]], { again });
  const { el, unmount } = show({ ...lesson1, tasks: [lost] });
  until(() => el.querySelector(".rt-recovery") !== null);
  const tip = el.querySelector(".rt-recovery")?.closest("[data-tip]")?.getAttribute("data-tip");
  assert.equal(tip, `f-1 runs again. ${again}`);
  unmount();
});
