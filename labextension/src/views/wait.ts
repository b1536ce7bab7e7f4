// The wait: a row is an ID's place in the list that was passed, a column is where it is
// now. Reading a column downwards gives the list that Python gets.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { emptyState } from "../draw/marks.ts";
import { waitsUntil } from "../model/calls.ts";
import { headline, listNames, reasonOf, waitAt } from "../model/waits.ts";
import type { WaitAt } from "../model/waits.ts";
import type { WaitRow } from "../model/rows.ts";
import { sourceOf } from "../model/story.ts";
import { objectKey, taskKey } from "../model/graph.ts";
import { producer } from "../model/state.ts";
import { stepIn } from "./keys.ts";
import type { Arrow, Pane, Scene } from "./scene.ts";
import { history } from "./wait_history.ts";
import { matrix, MOST_IDS } from "./wait_matrix.ts";
import { slots } from "./wait_slots.ts";

export const waitPane: Pane = {
  id: "wait",
  name: "Calls of wait",
  isClocked: true,
  draw: drawWait,
  step: (scene: Scene, from: string | null, arrow: Arrow) => {
    const wait = shownWait(scene);
    const keys = (wait?.objects ?? []).slice(0, MOST_IDS).map((id) => keyOf(scene, id));
    return stepIn([...new Set(keys)], from, arrow);
  },
};

function keyOf(scene: Scene, object: string): string {
  const task = producer(scene.store, object);
  return task === null ? objectKey(object) : taskKey(task.id);
}

/** The call that a person chose, else the latest up to the moment shown. */
export function shownWait(scene: Scene): WaitRow | null {
  const waits = waitsUntil(scene.store, scene.t);
  return waits.find((w) => w.id === scene.ui.wait) ?? waits.at(-1) ?? null;
}

function drawWait(scene: Scene): Child[] {
  const wait = shownWait(scene);
  if (wait === null) return [noWait(scene)];
  const at = waitAt(scene.store, wait, scene.t);
  return [
    h("div", { key: "head", class: "rt-wait-head" },
      h("span", { key: "big", class: "rt-big" }, headline(at)),
      wait.source !== "" && h("code", { key: "source" }, wait.source.trim()),
      h("span", { key: "src", class: "rt-src" }, [callerOf(scene, wait), sourceOf(wait)].filter(Boolean).join(", ")),
      flip(scene, wait)),
    slots(scene, at),
    h("div", { key: "reason", class: "rt-why" }, reasonOf(at)),
    matrix(scene, at),
    lists(at),
    history(scene, wait),
  ];
}

function callerOf(scene: Scene, wait: WaitRow): string {
  return wait.task === null ? "" : `in ${scene.store.tasks.get(wait.task)?.label ?? `task ${wait.task}`}`;
}

/** Back and forth through the calls of the run, as in a loop. */
function flip(scene: Scene, wait: WaitRow): VNode | null {
  const waits = waitsUntil(scene.store, scene.t);
  if (waits.length < 2) return null;
  const place = waits.indexOf(wait);
  const button = (word: string, sign: string, to: WaitRow | undefined): VNode =>
    h("button", {
      key: word, type: "button", class: "rt-button", "data-action": "wait", "data-wait": to?.id ?? "",
      "aria-label": `${word} wait`, "aria-disabled": String(to === undefined), title: `${word} wait`,
    }, sign);
  return h("span", { key: "flip", class: "rt-flip" },
    button("earlier", "‹", waits[place - 1]),
    h("span", { key: "place" }, `wait ${place + 1} of ${waits.length}`),
    button("later", "›", waits[place + 1]));
}

/** The two lists as Python has them; while it blocks, what there is so far. */
function lists({ wait, isOpen, ids }: WaitAt): VNode {
  const [ready, rest] = listNames(wait);
  const names = (keep: (column: string) => boolean): string => code(ids.filter((id) => keep(id.column)).map((id) => id.label));
  if (isOpen) {
    return h("div", { key: "lists", class: "rt-lists" },
      h("code", { key: "ready" }, `${ready} so far = ${names((c) => c === "ready")}`),
      h("span", { key: "note", class: "rt-note" }, "“held” fills only at the return."));
  }
  return h("div", { key: "lists", class: "rt-lists" },
    h("code", { key: "ready" }, `${ready} = ${names((c) => c === "ready")}`),
    h("code", { key: "rest" }, `${rest} = ${names((c) => c !== "ready")}`));
}

/** Names of a list that are written out. */
const LISTED = 40;

function code(names: readonly string[]): string {
  const more = names.length - LISTED;
  return `[${names.slice(0, LISTED).join(", ")}${more > 0 ? `, … ${more} more` : ""}]`;
}

function noWait(scene: Scene): VNode {
  const gets = [...scene.store.waits.values()].filter((w) => w.kind === "get").length;
  const has = gets === 0 ? "" : ` It called get ${gets === 1 ? "once" : `${gets} times`}: get waits for all its IDs.`;
  return emptyState(`This run has called no wait up to now.${has} A wait returns as soon as some IDs are ready:`, "ready, remaining = ray.wait(ids, num_returns=1)");
}
