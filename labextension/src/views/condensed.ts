// What a very long run does not show any more, in every view the same words.

import { h } from "../draw/dom.ts";
import type { Child } from "../draw/dom.ts";
import { grouped } from "../draw/marks.ts";
import { duration } from "../layout/axis.ts";
import type { Scene } from "./scene.ts";

export function condensed({ store }: Scene): Child[] {
  const { left_out: count, left_out_failed: failed, left_out_work_s: work, left_out_from_s: since } = store.run;
  if (count === 0) return [];
  const bad = failed > 0 ? ` (${grouped(failed)} of them failed)` : "";
  const from = duration(Math.max(0, since - store.run.start_s));
  return [h("div", { key: "condensed", class: "rt-warn" },
    h("b", { key: "what" }, `${grouped(count)} earlier tasks and calls are not drawn. `),
    `They are over${bad}, began from ${from} on and ran ${duration(work)} in all; the log of a long run keeps their numbers only.`)];
}
