import assert from "node:assert/strict";
import { test } from "node:test";

import { known, snapshot, table } from "../dev/run.ts";
import { lesson1 } from "../dev/stories.ts";
import { Connection } from "../src/link.ts";
import type { Link, Timers } from "../src/link.ts";
import type { Changes } from "../src/model/messages.ts";
import { TASK_COLUMNS } from "../src/model/rows.ts";
import { RunStore } from "../src/model/store.ts";

function changes(seq: number, now = 3.1): Changes {
  const { run, tasks } = known(lesson1, now);
  const rows = tasks.slice(0, 1);
  return { type: "changes", seq, base: seq - 1, now_s: now, live: true, run, tables: { tasks: table(TASK_COLUMNS, rows) } };
}

/** A kernel's end of the link, and a clock that the test turns. */
function bench(extra: Partial<Link> = {}) {
  const sent: string[] = [];
  let say: (message: unknown) => void = () => undefined;
  let beat: (() => void) | null = null;
  const link: Link = {
    send: (message) => sent.push(message.type),
    onMessage(listener) {
      say = listener;
      return () => sent.push("left");
    },
    ...extra,
  };
  const timers: Timers = {
    every(_, action) {
      beat = action;
      return () => {
        beat = null;
      };
    },
  };
  const store = new RunStore();
  const connection = new Connection(link, store, timers, () => undefined);
  return { sent, store, connection, say: (m: unknown) => say(m), tick: () => beat?.(), isAsking: () => beat !== null };
}

test("changes replace rows by id and keep the others", () => {
  const store = new RunStore();
  store.apply(snapshot(lesson1, 2.5, 4));
  assert.equal(store.tasks.get(1)?.attempts[0]?.end_s, null);
  assert.equal(store.apply(changes(5)), "applied");
  assert.equal(store.tasks.size, 4);
  assert.equal(store.tasks.get(1)?.attempts[0]?.outcome, "done");
  assert.equal(store.nowS, 3.1);
});

test("a repeated message changes nothing, a missing one is a gap", () => {
  const store = new RunStore();
  assert.equal(store.apply(changes(1)), "gap");
  store.apply(snapshot(lesson1, 2.5, 4));
  assert.equal(store.apply(changes(4)), "repeat");
  assert.equal(store.apply(changes(6)), "gap");
  assert.equal(store.nowS, 2.5);
});

test("columns are read by name, in whatever order they come", () => {
  const store = new RunStore();
  const message = snapshot(lesson1, 2.5, 1);
  message.tables.nodes = { columns: ["num_cpus", "id", "lost_s", "added_s"], rows: [[8, "B", null, 0]] };
  store.apply(message);
  assert.equal(store.nodes.get("B")?.num_cpus, 8);
});

test("a snapshot forgets the rows before it", () => {
  const store = new RunStore();
  store.apply(snapshot(lesson1, 9, 1));
  store.apply(snapshot({ ...lesson1, tasks: [] }, 9, 2));
  assert.equal(store.tasks.size, 0);
});

test("hello is repeated until a snapshot comes", () => {
  const { sent, say, tick, isAsking } = bench();
  tick();
  assert.deepEqual(sent, ["hello", "hello"]);
  say(snapshot(lesson1, 2.5, 1));
  assert.equal(isAsking(), false);
});

test("a gap asks for a resync, once per beat, until the snapshot", () => {
  const { sent, say, store, isAsking } = bench();
  say(snapshot(lesson1, 2.5, 1));
  say(changes(3));
  say(changes(4));
  assert.deepEqual(sent, ["hello", "resync"]);
  say(snapshot(lesson1, 3.2, 4));
  say(changes(5));
  assert.equal(isAsking(), false);
  assert.equal(store.nowS, 3.1);
});

test("a silent kernel is told, and asked more slowly", () => {
  const { sent, connection, say, tick } = bench();
  for (let i = 0; i < 40; i += 1) tick();
  assert.equal(connection.isSilent, true);
  assert.ok(sent.length < 20, `${sent.length} hellos`);
  say(snapshot(lesson1, 2.5, 1));
  assert.equal(connection.isSilent, false);
});

test("a broken link says hello again", () => {
  let breakIt: () => void = () => undefined;
  const { sent, say } = bench({
    onBreak(listener) {
      breakIt = listener;
      return () => undefined;
    },
  });
  say(snapshot(lesson1, 2.5, 1));
  breakIt();
  assert.deepEqual(sent, ["hello", "hello"]);
});

test("a saved snapshot is shown while the kernel is asked; a saved page asks nobody", () => {
  const saved = snapshot(lesson1, 2.5, 1);
  const widget = bench({ saved });
  assert.equal(widget.store.isKnown, true);
  assert.equal(widget.store.live, false);
  assert.equal(widget.isAsking(), true);
  const page = bench({ saved, isOffline: true });
  assert.deepEqual(page.sent, []);
});

test("other messages on the channel are passed over, and close leaves it", () => {
  const { say, sent, store, connection, isAsking } = bench();
  for (const message of [null, 3, "x", {}, { type: "other" }, { type: 7 }]) say(message);
  assert.equal(store.isKnown, false);
  connection.close();
  assert.equal(isAsking(), false);
  assert.deepEqual(sent, ["hello", "left"]);
});
