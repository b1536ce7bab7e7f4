import assert from "node:assert/strict";
import { test } from "node:test";

import { sharedModule } from "../src/lab/shared.ts";

test("a shared module is the loaded one, else the newest, else empty", async () => {
  const version = (name: string, loaded = false) => ({ get: async () => () => ({ name }), loaded });
  const scope = { a: { "4.9.0": version("old"), "4.10.0": version("new") }, b: { "1.0.0": version("in use", true), "2.0.0": version("newer") } };
  assert.deepEqual(await sharedModule(scope, "a"), { name: "new" });
  assert.deepEqual(await sharedModule(scope, "b"), { name: "in use" });
  assert.deepEqual(await sharedModule(scope, "c"), {});
});
