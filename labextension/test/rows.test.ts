import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as rows from "../src/model/rows.ts";

const PYTHON = readFileSync(new URL("../../../rayteach/trace/views/rows.py", import.meta.url), "utf8");

/** The fields of a dataclass, in order. */
function fieldsOf(name: string): string[] {
  const body = PYTHON.split(`class ${name}:`)[1]?.split("\n@dataclass")[0] ?? "";
  return [...body.matchAll(/^ {4}(\w+): /gm)].map((match) => match[1] ?? "");
}

const PAIRS: Record<string, readonly string[]> = {
  Attempt: rows.ATTEMPT_COLUMNS,
  TaskRow: rows.TASK_COLUMNS,
  ObjectRow: rows.OBJECT_COLUMNS,
  ActorRow: rows.ACTOR_COLUMNS,
  WaitRow: rows.WAIT_COLUMNS,
  WorkerRow: rows.WORKER_COLUMNS,
  NodeRow: rows.NODE_COLUMNS,
  RunRow: rows.RUN_COLUMNS,
};

for (const [name, columns] of Object.entries(PAIRS)) {
  test(`${name} has the fields of its Python twin, in order`, () => {
    assert.deepEqual([...columns], fieldsOf(name));
  });
}

test("the lock file names no registry", () => {
  const lock = readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8");
  assert.doesNotMatch(lock, /"resolved"/);
});

test("the version is that of the Python package", () => {
  const python = readFileSync(new URL("../../../rayteach/_version.py", import.meta.url), "utf8");
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
  assert.equal(version, /__version__ = "(.*)"/.exec(python)?.[1]);
});
