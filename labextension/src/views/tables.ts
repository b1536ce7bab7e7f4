// The other views in words: a table each for waits, actors and objects.

import type { Child } from "../draw/dom.ts";
import { bytes, duration } from "../layout/axis.ts";
import { actorsAt, workOf } from "../model/actors.ts";
import { keptBy, objectsAt } from "../model/objects.ts";
import { waitsUntil } from "../model/calls.ts";
import { COLUMNS, headline, reasonOf, waitAt } from "../model/waits.ts";
import { sizeAndTime, transfersOf } from "../model/transfers.ts";
import { listing, sourceOf } from "../model/story.ts";
import { whereOf } from "./object_rows.ts";
import type { Scene } from "./scene.ts";
import { words } from "./table.ts";

export function waitTable(scene: Scene, page: number): Child[] {
  const heads = ["wait", "now", ...COLUMNS, "why"];
  return words(waitsUntil(scene.store, scene.t), page, "Calls of wait", heads, (wait) => {
    const at = waitAt(scene.store, wait, scene.t);
    const columns = COLUMNS.map((column) => listing(at.ids.filter((id) => id.column === column).map((id) => id.label), 20));
    return [wait.id, [sourceOf(wait) || `wait ${wait.id}`, headline(at), ...columns, reasonOf(at)]];
  });
}

export function actorTable(scene: Scene, page: number): Child[] {
  const heads = ["actor", "state", "running", "waiting, by caller", "next", "work", "line"];
  return words(actorsAt(scene.store, scene.t), page, "Actors", heads, (at) => {
    const lines = at.lines.filter((line) => line.calls.length > 0)
      .map((line) => `${line.name}: ${listing(line.calls.map((q) => q.call.label), 8)}`);
    return [at.actor.id, [
      at.actor.label, at.words, listing(at.running.map((call) => call.label)), lines.join("; "),
      at.next?.label ?? "", workOf(at), sourceOf(at.actor),
    ]];
  });
}

export function objectTable(scene: Scene, page: number): Child[] {
  const heads = ["object", "made by", "size", "kept", "copied", "held by", "line"];
  return words(objectsAt(scene.store, scene.t), page, "Objects", heads, (at) => [at.row.id, [
    at.row.label, at.madeBy, at.row.size_bytes === null ? "" : bytes(at.row.size_bytes), whereOf(scene, at), copiesOf(scene, at.row.id), keptBy(scene.store, at, scene.t), sourceOf(at.row),
  ]]);
}

/** Each copy of an object to another node, with bytes and time. */
function copiesOf({ store, t, start }: Scene, object: string): string {
  return transfersOf(store).filter((one) => one.object === object && one.start <= t)
    .map((one) => `from ${one.from} to ${one.to}, ${sizeAndTime(one, t)}, at ${duration(one.start - start)}`).join("; ");
}
