// What failed, under the picture.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { duration } from "../layout/axis.ts";
import { CANNOT_RUN, FAILED } from "../model/columns.ts";
import type { TaskRow } from "../model/rows.ts";
import { counts } from "../model/state.ts";
import { listing, placeName, sourceOf } from "../model/story.ts";
import { condensed } from "./condensed.ts";
import type { Scene } from "./scene.ts";

/** Errors told in full; more are told by number. */
const ERRORS_SHOWN = 3;

export function drawErrors(scene: Scene): Child[] {
  const { store, t } = scene;
  if (counts(store, t).failed === 0) return condensed(scene);
  const failed = store.columns.inState(FAILED, t);
  const marks = failed.slice(0, ERRORS_SHOWN).map((task) => errorMark(scene, task));
  const rest = failed.length - marks.length;
  const sentence = [rest > 0 ? `${rest} more failed.` : "", stuck(scene)].filter(Boolean).join(" ");
  return [...condensed(scene), ...marks, sentence !== "" && h("div", { key: "after", class: "rt-after" }, sentence)];
}

function errorMark(scene: Scene, task: TaskRow): VNode {
  const tries = task.attempts.length > 1 ? `, attempt ${task.attempts.length}` : "";
  const last = task.attempts.at(-1);
  const where = last === undefined ? "" : `, ${placeName(scene.store, last.worker)}`;
  const when = task.end_s === null ? "" : `, at ${duration(task.end_s - scene.start)}`;
  const line = task.error_line > 0 ? ` The error is in line ${task.error_line} of ${task.function}'s cell.` : "";
  const called = sourceOf(task) === "" ? "" : ` Called in ${sourceOf(task)}: `;
  return h("div", { key: task.id, class: "rt-error" },
    h("b", { key: "what" }, task.error || "failed"),
    h("span", { key: "where" }, `${task.label}${tries}${where}${when}.${line}${called}`),
    called !== "" && h("code", { key: "code" }, task.source.trim()));
}

function stuck(scene: Scene): string {
  const left = scene.store.columns.inState(CANNOT_RUN, scene.t);
  const causes = new Set(left.flatMap((task) => scene.store.tasks.get(task.cause ?? -1)?.label ?? []));
  if (left.length === 0) return "";
  const needs = causes.size === 0 ? "" : `: ${left.length === 1 ? "it needs" : "they need"} ${listing([...causes])}`;
  return `${listing(left.map((task) => task.label), 4)} cannot run${needs}. Everything else goes on.`;
}
