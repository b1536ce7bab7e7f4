import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { duration, render } from "../src/whatif.ts";
import { openPage } from "./page.ts";
import type { Page } from "./page.ts";

let page: Page;

beforeEach(() => {
  page = openPage();
});

function open() {
  const state: Record<string, unknown> = {
    spec: { cpus: [1, 2, 4], functions: [["load", 0.5], ["parse", 0.02]] },
    shown: { cpus: 1, times: {}, picture: "data:image/svg+xml;base64,AAAA", words: "On 1 CPU: 2.00 s" },
  };
  const listeners = new Set<() => void>();
  const sent: unknown[] = [];
  const model = {
    get: (name: string) => state[name],
    send: (message: unknown) => sent.push(message),
    on: (_: string, listener: () => void) => listeners.add(listener),
    off: (_: string, listener: () => void) => listeners.delete(listener),
  };
  const el = page.document.createElement("div");
  page.document.body.append(el);
  const unmount = render({ model: model as never, el });
  const show = (shown: unknown): void => {
    state["shown"] = shown;
    for (const listener of listeners) listener();
  };
  const move = (at: number, value: number): void => {
    const input = el.querySelectorAll("input")[at];
    assert.ok(input);
    input.value = String(value);
    input.dispatchEvent(new (page.document.defaultView as unknown as { Event: typeof Event }).Event("input", { bubbles: true }));
  };
  return { el, sent, show, move, unmount, listeners };
}

test("it begins with what was recorded, as a picture and in words", () => {
  const { el } = open();
  assert.deepEqual([...el.querySelectorAll("label span")].map((one) => one.textContent), ["CPUs", "load", "parse"]);
  assert.deepEqual([...el.querySelectorAll("output")].map((one) => one.textContent), ["1", "0.50 s", "20 ms"]);
  assert.equal(el.querySelector("[role=status]")?.textContent, "On 1 CPU: 2.00 s");
  assert.equal(el.querySelector("img")?.getAttribute("alt"), "On 1 CPU: 2.00 s");
});

test("a moved slider asks for its CPUs and for the durations that were changed", () => {
  const { el, sent, move } = open();
  move(0, 2);
  move(1, 100);
  assert.deepEqual(sent, [
    { type: "ask", cpus: 4, times: {} },
    { type: "ask", cpus: 4, times: { load: 1 } },
  ]);
  const input = el.querySelectorAll("input")[1];
  assert.equal(input?.getAttribute("aria-valuetext"), "1.00 s");
});

test("what is predicted is shown, and nothing listens once it is gone", () => {
  const { el, show, unmount, listeners } = open();
  show({ cpus: 4, times: {}, picture: "data:image/svg+xml;base64,BBBB", words: "On 4 CPUs: 0.50 s" });
  assert.equal(el.querySelector("pre")?.textContent, "On 4 CPUs: 0.50 s");
  assert.ok(el.querySelector("img")?.getAttribute("src")?.endsWith("BBBB"));
  unmount();
  assert.equal(listeners.size, 0);
  assert.equal(el.children.length, 0);
});

test("durations read well", () => {
  assert.deepEqual([0.0042, 0.042, 0.42, 4.2].map(duration), ["4.2 ms", "42 ms", "0.42 s", "4.20 s"]);
});
