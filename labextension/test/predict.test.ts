import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { render } from "../src/predict.ts";
import type { Answer, Spec } from "../src/predict/draft.ts";
import { openPage } from "./page.ts";
import type { Page } from "./page.ts";

let page: Page;

beforeEach(() => {
  page = openPage();
});

/** A widget over a model that keeps what it is sent, as the kernel would. */
function ask(more: Partial<Spec>) {
  const state: Record<string, unknown> = {
    spec: { kind: "pick", text: "Which two?", hint: "Pick 2 of f-1, f-2, f-3", names: ["f-1", "f-2", "f-3"], count: 2, ...more },
    answer: null, truth: null, words: "",
  };
  const listeners = new Map<string, Set<(message: unknown) => void>>();
  const sent: Answer[] = [];
  const model = {
    get: (name: string) => state[name],
    send: (message: unknown) => sent.push((message as { answer: Answer }).answer),
    on: (event: string, listener: (message: unknown) => void) => {
      listeners.set(event, (listeners.get(event) ?? new Set()).add(listener));
    },
    off: (event: string, listener: (message: unknown) => void) => listeners.get(event)?.delete(listener),
  };
  const el = page.document.createElement("div");
  page.document.body.append(el);
  const unmount = render({ model, el });
  const set = (name: string, value: unknown): void => {
    state[name] = value;
    for (const listener of listeners.get(`change:${name}`) ?? []) listener(null);
  };
  const click = (action: string): void => page.click(find(el, `[data-do="${action}"]`));
  return { el, sent, set, click, unmount, listeners };
}

function find(el: Element, selector: string): Element {
  const found = el.querySelector(selector);
  assert.ok(found, selector);
  return found;
}

const said = (el: Element): string => find(el, "[role=status]").textContent ?? "";

test("a pick is sent once it is whole, and a third one pushes the first out", () => {
  const { el, sent, click } = ask({});
  click("pick f-1");
  assert.deepEqual(sent, []);
  assert.equal(said(el), "1 of 2 picked.");
  click("pick f-3");
  click("pick f-2");
  assert.deepEqual(sent, [["f-1", "f-3"], ["f-3", "f-2"]]);
});

test("what happened stands over the answer, which nobody can change any more", () => {
  const { el, sent, set, click } = ask({});
  click("pick f-1");
  click("pick f-2");
  set("words", "You predicted f-1, f-2. What happened: f-1, f-3.");
  set("truth", ["f-1", "f-3"]);
  const chips = [...el.querySelectorAll("button")].map((one) => one.textContent);
  assert.deepEqual(chips, ["✓ f-1", "✗ f-2", "○ f-3"]);
  assert.match(said(el), /^You predicted/);
  click("pick f-3");
  assert.equal(sent.length, 1);
});

test("an order is moved name by name, or kept as it stands", () => {
  const { el, sent, set, click } = ask({ kind: "order" });
  click("keep");
  click("up f-3");
  assert.deepEqual(sent, [["f-1", "f-2", "f-3"], ["f-1", "f-3", "f-2"]]);
  set("truth", ["f-1", "f-2", "f-3"]);
  const places = [...el.querySelectorAll("li")].map((one) => one.textContent);
  assert.deepEqual(places, ["f-1✓", "f-3✗ it was number 3", "f-2✗ it was number 2"]);
});

test("a number is sent as it is typed, and nothing else is", () => {
  const { el, sent } = ask({ kind: "number", unit: "s" });
  const input = find(el, "input") as HTMLInputElement;
  for (const text of ["x", "2,5"]) {
    input.value = text;
    const event = page.document.createEvent("Event");
    event.initEvent("input", true, false);
    input.dispatchEvent(event);
  }
  assert.deepEqual(sent, [2.5]);
});

const BARS: Partial<Spec> = { kind: "schedule", names: ["f-1", "f-2"], lengths: [2, 1], cpus: 2, unit: "steps" };

test("bars start one after another and are dragged to another CPU and time", () => {
  const { el, sent } = ask(BARS);
  const bar = find(el, '[data-bar="f-2"]');
  page.press("ArrowDown", bar);
  page.point("pointerdown", bar, 100);
  page.point("pointermove", bar, 36);
  page.point("pointerup", bar, 36);
  assert.deepEqual(sent, [
    { "f-1": [1, 0], "f-2": [2, 2] },
    { "f-1": [1, 0], "f-2": [2, 0] },
  ]);
});

test("a bar never lies on another, nor before the start", () => {
  const { el, sent } = ask(BARS);
  page.press("ArrowLeft", find(el, '[data-bar="f-2"]'));
  page.press("ArrowLeft", find(el, '[data-bar="f-1"]'));
  page.press("ArrowUp", find(el, '[data-bar="f-1"]'));
  assert.deepEqual(sent, []);
});

test("what ran at another time is outlined in its place with its name", () => {
  const { el, set } = ask(BARS);
  set("truth", { "f-1": [1, 0], "f-2": [2, 0] });
  const off = [...el.querySelectorAll(".rt-is-off text")].map((one) => one.textContent);
  assert.deepEqual(off, ["f-2"]);
});

test("an answer that the kernel has shows again, and closing lets go of the model", () => {
  const { el, set, unmount, listeners } = ask({});
  set("answer", ["f-2", "f-3"]);
  assert.equal(el.querySelectorAll('[aria-pressed="true"]').length, 2);
  unmount();
  assert.equal(el.children.length, 0);
  assert.ok([...listeners.values()].every((one) => one.size === 0));
});
