// What a prediction looks like: the question, the answer, and what happened over it.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { LANE_PX, STEP_PX } from "./bars.ts";
import type { Draft, Place, Places } from "./draft.ts";

const LEFT = 48;
const BAR = 22;

export function drawQuestion(draft: Draft): Child[] {
  const { spec } = draft;
  return [
    h("div", { key: "q", class: "rt-q" }, h("b", {}, "Predict: "), spec.text),
    h("div", { key: "hint", class: "rt-hint" }, hintOf(draft)),
    h("div", { key: "answer", role: "group", "aria-label": spec.text }, ...answerOf(draft)),
    h("div", { key: "state", class: "rt-verdict", role: "status" }, stateOf(draft)),
  ];
}

function hintOf({ spec }: Draft): string {
  if (spec.kind === "schedule") return `Drag the bars, or move them with the arrow keys; lengths in ${spec.unit ?? "steps"}.`;
  if (spec.kind === "order") return "The first one stands on top; the arrows move a name.";
  return `${spec.hint}.`;
}

function stateOf(draft: Draft): string {
  if (draft.isOver) return draft.verdict;
  if (draft.isWhole) return "Kept. You can change it until what happened is revealed.";
  if (draft.spec.kind === "pick" && draft.spec.count != null) return `${draft.chosen.length} of ${draft.spec.count} picked.`;
  return "No answer yet.";
}

function answerOf(draft: Draft): Child[] {
  switch (draft.spec.kind) {
    case "pick":
      return draft.names.map((name) => chip(draft, name));
    case "order":
      return [h("ol", {}, ...draft.chosen.map((name, at) => place(draft, name, at))), keep(draft)];
    case "number":
      return number(draft);
    default:
      return [schedule(draft), keep(draft)];
  }
}

/** Hue is not all: a hit has a tick, a miss a cross, what was missed a ring. */
function markOf(isChosen: boolean, isTrue: boolean): string {
  if (isTrue) return isChosen ? "✓ " : "○ ";
  return isChosen ? "✗ " : "";
}

function chip(draft: Draft, name: string): VNode {
  const isChosen = draft.chosen.includes(name);
  const isTrue = Array.isArray(draft.truth) && draft.truth.includes(name);
  return h("button", {
    key: name, type: "button", class: `rt-pick${isTrue ? " rt-true" : ""}`, "data-do": `pick ${name}`,
    "aria-pressed": String(isChosen), "aria-disabled": draft.isOver ? "true" : null,
  }, (draft.isOver ? markOf(isChosen, isTrue) : "") + name);
}

function place(draft: Draft, name: string, at: number): VNode {
  const was = Array.isArray(draft.truth) ? draft.truth.indexOf(name) : at;
  const move = (verb: string, sign: string): VNode =>
    h("button", { key: verb, type: "button", class: "rt-move-it", "data-do": `${verb} ${name}`, "aria-label": `Move ${name} ${verb}` }, sign);
  return h("li", { key: name },
    h("span", { key: "name", class: "rt-name" }, name),
    ...(draft.isOver
      ? [h("span", { key: "was", class: was === at ? "rt-hint" : "rt-off" }, was === at ? "✓" : `✗ it was number ${was + 1}`)]
      : [move("up", "↑"), move("down", "↓")]));
}

function keep(draft: Draft): Child {
  if (draft.isOver || draft.isTouched) return null;
  return h("button", { key: "keep", type: "button", class: "rt-pick", "data-do": "keep" }, "It stays like this");
}

function number(draft: Draft): Child[] {
  return [
    h("input", { key: "in", type: "text", inputmode: "decimal", value: draft.typed, "aria-label": draft.spec.text, disabled: draft.isOver, size: 8 }),
    ` ${draft.spec.unit ?? ""} `,
    draft.isOver && h("span", { key: "was", class: "rt-off" }, `It was ${String(draft.truth)} ${draft.spec.unit ?? ""}`),
  ];
}

function schedule(draft: Draft): VNode {
  const width = LEFT + draft.steps * STEP_PX + 8;
  const cpus = draft.spec.cpus ?? 1;
  const truth = draft.truth as Places | null;
  const height = cpus * LANE_PX + 20;
  const lanes = Array.from({ length: cpus }, (_, i) => h("g", { key: `lane${i}` },
    h("text", { x: 0, y: i * LANE_PX + 19 }, `CPU ${i + 1}`),
    h("line", { x1: LEFT, x2: width, y1: (i + 1) * LANE_PX - 2, y2: (i + 1) * LANE_PX - 2, class: "rt-rule" })));
  const ticks = Array.from({ length: draft.steps + 1 }, (_, i) =>
    h("text", { key: `tick${i}`, x: LEFT + i * STEP_PX, y: height - 4, "text-anchor": "middle", class: "rt-ink2" }, String(i)));
  return h("svg", { key: "svg", width, height, role: "group", "aria-label": "Schedule" },
    ...lanes, ...ticks,
    ...draft.names.map((name) => bar(draft, name, draft.places[name] ?? [1, 0])),
    ...(truth === null ? [] : draft.names.map((name) => seen(draft, name, truth[name] ?? [1, 0]))));
}

const xOf = (start: number): number => LEFT + start * STEP_PX;
const yOf = (cpu: number): number => (cpu - 1) * LANE_PX + 4;

function bar(draft: Draft, name: string, [cpu, start]: Place): VNode {
  const end = start + draft.lengthOf(name);
  return h("g", {
    key: `bar ${name}`, "data-bar": name, tabindex: 0, role: "img",
    "aria-label": `${name}: CPU ${cpu}, from ${start} to ${end}`, class: draft.isOver ? "rt-still" : "rt-bar",
  },
    h("rect", { x: xOf(start), y: yOf(cpu), width: draft.lengthOf(name) * STEP_PX - 2, height: BAR, rx: 3 }),
    h("text", { x: xOf(start) + 6, y: yOf(cpu) + 15 }, name));
}

/** What really happened: an outline over the bars, with its name where it was elsewhere. */
function seen(draft: Draft, name: string, [cpu, start]: Place): VNode {
  const [, mine] = draft.places[name] ?? [0, 0];
  const isOff = mine !== start;
  return h("g", { key: `seen ${name}`, class: `rt-seen${isOff ? " rt-is-off" : ""}` },
    h("title", {}, `${name} really ran from ${start} to ${start + draft.lengthOf(name)}`),
    h("rect", { x: xOf(start) - 1, y: yOf(cpu) - 2, width: draft.lengthOf(name) * STEP_PX, height: BAR + 4, rx: 4 }),
    isOff && h("text", { x: xOf(start) + draft.lengthOf(name) * STEP_PX - 6, y: yOf(cpu) + 24, "text-anchor": "end" }, name));
}
