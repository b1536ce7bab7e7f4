// A link that loses, repeats and delays messages, and pages that are reloaded at any moment:
// the rows are right again after the next beats.

import assert from "node:assert/strict";
import { test } from "node:test";

import { known, snapshot, table } from "../dev/run.ts";
import { wordCount } from "../dev/stories.ts";
import { Connection } from "../src/link.ts";
import type { Link } from "../src/link.ts";
import type { ViewMessage } from "../src/model/messages.ts";
import { TASK_COLUMNS } from "../src/model/rows.ts";
import { RunStore } from "../src/model/store.ts";

const BEAT_S = 0.05;
const STEPS = 60;
/** Beats within one second, in which a view must be right again. */
const WITHIN = 20;

function numbers(seed: number): () => number {
  let x = seed;
  return () => {
    x = (x * 48271) % 2147483647;
    return x / 2147483647;
  };
}

/** The publisher's side: numbers its messages, owes a snapshot to who asks. */
class Kernel {
  seq = 0;
  isOwed = true;
  told = -1;

  beat(now: number): unknown {
    this.seq += 1;
    if (this.isOwed) {
      this.isOwed = false;
      this.told = now;
      return snapshot(wordCount, now, this.seq);
    }
    const rows = known(wordCount, now).tasks.filter((one) => JSON.stringify(one) !== JSON.stringify(known(wordCount, this.told).tasks.find((old) => old.id === one.id)));
    const { run } = known(wordCount, now);
    this.told = now;
    return { type: "changes", seq: this.seq, base: this.seq - 1, now_s: now, live: true, run, tables: { tasks: table(TASK_COLUMNS, rows) } };
  }
}

class Page {
  readonly store = new RunStore();
  readonly beats = new Set<() => void>();
  listener: (message: unknown) => void = () => undefined;
  readonly connection: Connection;

  constructor(hear: (message: ViewMessage) => void) {
    const link: Link = { send: hear, onMessage: (listener) => ((this.listener = listener), () => undefined) };
    const every = (_ms: number, action: () => void): (() => void) => (this.beats.add(action), () => this.beats.delete(action));
    this.connection = new Connection(link, this.store, { every }, () => undefined);
  }
}

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`lost, repeated and late messages and a reload: right within a second (${seed})`, () => {
    const random = numbers(seed * 7919);
    const kernel = new Kernel();
    let isDeaf = false;
    const hear = ({ type }: ViewMessage): void => {
      if ((type === "hello" || type === "resync") && (!isDeaf || random() < 0.5)) kernel.isOwed = true;
    };
    let page = new Page(hear);
    const late: unknown[] = [];
    let now = 2;
    const step = (isBad: boolean): void => {
      isDeaf = isBad;
      now += BEAT_S;
      const message = kernel.beat(now);
      const fate = isBad ? random() : 1;
      if (fate >= 0.6) page.listener(message);
      if (fate >= 0.3 && fate < 0.45) for (let i = 0; i < 2; i += 1) page.listener(message);
      if (fate >= 0.45 && fate < 0.6) late.push(message);
      if (isBad && random() < 0.3) for (const one of late.splice(0)) page.listener(one);
      if (isBad && random() < 0.05) page = new Page(hear);
      for (const action of [...page.beats]) action();
    };
    for (let i = 0; i < STEPS; i += 1) step(true);
    for (const one of late.splice(0)) page.listener(one);
    for (let i = 0; i < WITHIN; i += 1) step(false);
    const right = new RunStore();
    right.apply(snapshot(wordCount, kernel.told, 1));
    assert.deepEqual([...page.store.tasks.values()], [...right.tasks.values()]);
    assert.equal(page.store.columns.unfinished, right.columns.unfinished);
    page.connection.close();
  });
}
