import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Pacer } from "../src/pacer.ts";
import { openPage } from "./page.ts";
import type { Page } from "./page.ts";

let page: Page;

beforeEach(() => {
  page = openPage();
});

test("a request draws once, all of it", () => {
  const drawn: boolean[] = [];
  const pacer = new Pacer((isFull) => drawn.push(isFull), () => false, () => 0);
  pacer.request();
  pacer.request();
  page.turn();
  page.turn();
  assert.deepEqual(drawn, [true]);
});

test("while the run moves every frame draws; the last one draws all", () => {
  const drawn: boolean[] = [];
  let isMoving = true;
  const pacer = new Pacer((isFull) => drawn.push(isFull), () => isMoving, () => 0);
  pacer.request();
  page.turn();
  page.turn();
  isMoving = false;
  page.turn();
  page.turn();
  assert.deepEqual(drawn, [true, false, true]);
});

test("stop draws no more", () => {
  let drawn = 0;
  const pacer = new Pacer(() => (drawn += 1), () => true, () => 0);
  pacer.request();
  pacer.stop();
  page.turn();
  assert.equal(drawn, 0);
});

test("a request between two parts of a drawing draws all parts once more", () => {
  const parts = ["a", "b"];
  const drawn: string[] = [];
  const pacer = new Pacer(() => {
    drawn.push(parts[drawn.length % 2] ?? "");
    return drawn.length % 2 === 1;
  }, () => false, () => 0);
  pacer.request();
  page.turn();
  pacer.request();
  for (let i = 0; i < 5; i += 1) page.turn();
  assert.deepEqual(drawn, ["a", "b", "a", "b"]);
});

test("while rows pour in, drawings in parts keep a distance", () => {
  let now = 0;
  let count = 0;
  const pacer = new Pacer(() => (count += 1) % 2 === 1, () => true, () => now);
  const turn = (): void => {
    now += 16;
    pacer.yieldFrame();
    pacer.request();
    page.turn();
    now += 16;
    page.turn();
  };
  for (let i = 0; i < 25; i += 1) turn(); // 800 ms
  assert.ok(count >= 10 && count <= 18, `${count}`);
});
