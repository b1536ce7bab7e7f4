import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { duration, rate, render } from "../src/whatif.ts";
import { openPage } from "./page.ts";
import type { Page } from "./page.ts";

let page: Page;

beforeEach(() => {
  page = openPage();
});

function open(network = false) {
  const state: Record<string, unknown> = {
    spec: { machines: ["1", "2", "2 x 2"], functions: [["load", 0.5], ["parse", 0.02]], network },
    shown: { choice: 0, times: {}, picture: "data:image/svg+xml;base64,AAAA", words: "On 1 CPU: 2.00 s" },
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
    { type: "ask", choice: 2, times: {}, network: null },
    { type: "ask", choice: 2, times: { load: 1 }, network: null },
  ]);
  const input = el.querySelectorAll("input")[1];
  assert.equal(input?.getAttribute("aria-valuetext"), "1.00 s");
});

test("what is predicted is shown, and nothing listens once it is gone", () => {
  const { el, show, unmount, listeners } = open();
  show({ choice: 2, times: {}, picture: "data:image/svg+xml;base64,BBBB", words: "On 4 CPUs: 0.50 s" });
  assert.equal(el.querySelector("pre")?.textContent, "On 4 CPUs: 0.50 s");
  assert.ok(el.querySelector("img")?.getAttribute("src")?.endsWith("BBBB"));
  unmount();
  assert.equal(listeners.size, 0);
  assert.equal(el.children.length, 0);
});

test("where there are several nodes the network has a slider", () => {
  const { el, sent, move } = open(true);
  assert.deepEqual([...el.querySelectorAll("label span")].map((one) => one.textContent), ["CPUs", "network", "load", "parse"]);
  move(1, 3);
  move(1, 6);
  assert.deepEqual(sent.map((one) => (one as { network: number | null }).network), [1e8, 0]);
  assert.deepEqual([null, 1e6, 1e9, 0].map(rate), ["as asked", "1 MB/s", "1 GB/s", "no limit"]);
});

test("durations read well", () => {
  assert.deepEqual([0.0042, 0.042, 0.42, 4.2].map(duration), ["4.2 ms", "42 ms", "0.42 s", "4.20 s"]);
});
