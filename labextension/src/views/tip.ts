// What hovering says.

import { h } from "../draw/dom.ts";
import type { Child } from "../draw/dom.ts";
import { taskOfKey } from "../model/graph.ts";
import { sourceOf, whyOf } from "../model/story.ts";
import { groupStory, inputsOf, nameOf, objectStory } from "./story.ts";
import type { Scene } from "./scene.ts";

/** What hovering says: the story in three lines. */
export function drawTip(scene: Scene, key: string): Child[] {
  if (key.startsWith("?")) return [h("span", { key: "why" }, key.slice(1))];
  const task = taskOfKey(scene.store, key);
  const group = key.startsWith("g") ? (scene.groups?.groupOf(key) ?? null) : null;
  if (group !== null) return groupStory(scene, group);
  if (task === null) return key.startsWith("o") ? objectStory(scene, key.slice(1)) : [];
  return [
    nameOf(scene, task),
    h("div", { key: "why", class: "rt-why" }, whyOf(scene.store, task, scene.t)),
    h("div", { key: "inputs", class: "rt-why" }, inputsOf(scene, task)),
    h("span", { key: "src", class: "rt-src" }, [sourceOf(task), task.source.trim()].filter(Boolean).join(": ")),
  ];
}
