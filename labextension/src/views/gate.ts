// Pause, step, resume and speed of the session itself, and what starts next.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import type { NodeRow } from "../model/rows.ts";
import type { Scene } from "./scene.ts";

/** Starts per second that one button goes through; 0 is full speed. */
const SPEEDS = [0, 10, 2, 0.5];

const DEAF = "The kernel hears this when the cell has ended; with ipykernel 7 it does so while the cell runs.";

/** Whether the session is held up now: "", "paused" or "slowed". */
export function heldNow(node: NodeRow | undefined): "" | "paused" | "slowed" {
  if (node === undefined) return "";
  if (node.paused.at(-1)?.[1] === null) return "paused";
  return node.slowed.at(-1)?.[1] === null ? "slowed" : "";
}

/** The speed that the button sets next. */
export function nextSpeed({ store }: Scene): number {
  const now = SPEEDS.indexOf(firstNode(store)?.per_second ?? 0);
  return SPEEDS[(now + 1) % SPEEDS.length] ?? 0;
}

export function drawGate(scene: Scene): Child[] {
  const { store, commands } = scene;
  if (!store.live || commands === null) return [];
  if (!store.controls.includes("pause")) return drawAbsent(store.absent);
  const node = firstNode(store);
  const held = heldNow(node);
  const speed = node !== undefined && node.per_second > 0 ? `${node.per_second}/s` : "full";
  const off = commands.isDeaf ? DEAF : "";
  return [
    h("div", { key: "gate", class: "rt-gate" },
      h("span", { key: "buttons", role: "group", "aria-label": "Starts of tasks", "aria-busy": String(commands.isPending) },
        button("hold", "Pause", "nothing new starts", off || (held === "paused" ? "The session is paused already." : "")),
        button("let-one", "Step", "one more start goes through", off),
        button("release", "Resume", "everything starts as usual", off || (held === "" ? "Nothing is held back." : "")),
        button("pace", `Speed: ${speed}`, "starts per second", off)),
      h("span", { key: "next", class: "rt-next", role: "status" }, ...inWords(node, held, off, commands.error))),
    held !== "" && node !== undefined && node.losers.length > 0
      && h("div", { key: "losers", class: "rt-losers" }, `Not next: ${node.losers.join("; ")}.`),
  ];
}

/** The same buttons where the engine has no such thing: off, with the reason. */
function drawAbsent(absent: Readonly<Record<string, string>>): Child[] {
  const { pause } = absent;
  if (pause === undefined) return [];
  const off = (action: string, name: string, word: string): VNode => button(action, word, "not available", absent[name] ?? pause);
  return [
    h("div", { key: "gate", class: "rt-gate" },
      h("span", { key: "buttons", role: "group", "aria-label": "Starts of tasks" },
        off("hold", "pause", "Pause"), off("let-one", "step", "Step"), off("release", "resume", "Resume"), off("pace", "speed", "Speed")),
      h("span", { key: "next", class: "rt-next", role: "status" }, `Not available here: ${pause}.`)),
  ];
}

function inWords(node: NodeRow | undefined, held: string, off: string, error: string): Child[] {
  if (off !== "") return [off];
  if (error !== "") return [error];
  if (held === "" || node === undefined) return [];
  const next = node.next_words === "" ? "" : ` Next: ${node.next_words}.`;
  return [h("b", { key: "held" }, held === "paused" ? "Paused." : "Slowed."), next];
}

function button(action: string, word: string, what: string, off: string): VNode {
  return h("button", {
    key: action, type: "button", class: "rt-tool", "data-action": off === "" ? action : "", "aria-disabled": String(off !== ""),
    "aria-label": `${word}: ${what}`, title: off === "" ? `${word}: ${what}` : off,
  }, word);
}

function firstNode(store: Scene["store"]): NodeRow | undefined {
  return store.nodes.values().next().value; // all nodes are held up together
}
