// The switch "break things" and what it shows: a button for each fault, with its target.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { actorAt, lastNode, objectAt, runningAt } from "../model/targets.ts";
import type { Scene } from "./scene.ts";

const SLOWER = 4;

const SAVED = "a saved run: there is nothing left to break";
const SILENT = "the kernel does not answer";
const DEAF = "the kernel hears it when the cell has ended; with ipykernel 7 while the cell runs";
const NO_FAULTS = "this engine lets nobody break its parts";

/** Why nothing can be broken here, "" if it can. */
export function whyNot({ store, commands }: Scene, isSilent: boolean): string {
  if (!store.live || commands === null) return SAVED;
  if (isSilent) return SILENT;
  if (commands.isDeaf) return DEAF;
  return store.controls.includes("kill_worker") ? "" : NO_FAULTS;
}

export function drawFaults(scene: Scene, isSilent: boolean): Child[] {
  const off = whyNot(scene, isSilent);
  const isOn = scene.ui.isBreaking && off === "";
  return [
    h("button", {
      key: "break", type: "button", role: "switch", "aria-checked": String(isOn), "aria-disabled": String(off !== ""),
      "data-action": off === "" ? "break-things" : "", title: off === "" ? "Buttons that kill, lose and slow down what runs here" : `Not here: ${off}.`,
    }, isOn ? "stop breaking things" : "break things"),
    off !== "" && h("span", { key: "off", class: "rt-off" }, `(${off})`),
    isOn && h("div", { key: "faults", class: "rt-faults" },
      h("span", { key: "buttons", role: "group", "aria-label": "Faults" }, ...buttons(scene)),
      h("span", { key: "said", class: "rt-next", role: "status" }, scene.commands?.error ?? "")),
  ];
}

function buttons(scene: Scene): VNode[] {
  const task = runningAt(scene);
  const actor = actorAt(scene);
  const object = objectAt(scene);
  const node = lastNode(scene);
  const isSlow = (node?.times_slower ?? 1) > 1;
  const isOwn = node === null || node.id === firstNode(scene);
  return [
    button("kill_worker", task === null ? "Kill worker" : `Kill ${task.place}`, task && { worker: task.worker },
      task === null ? "No worker runs a task now." : `Ends the process that runs ${task.label}.`),
    button("kill_actor", actor === null ? "Kill actor" : `Kill ${actor.label}`, actor && { actor: actor.id },
      actor === null ? "No actor lives now." : `Ends the process of ${actor.label}; its options say whether it restarts.`),
    button("kill_node", isOwn ? "Kill node" : `Kill node ${node?.id}`, isOwn ? null : { node: node?.id },
      isOwn ? "The notebook's own node cannot go: init(num_nodes=2) or add_node() makes others." : "Its processes and its store are gone at once."),
    button("lose_object", object === null ? "Lose value" : `Lose ${object.label}`, object && { object: object.id },
      object === null ? "No value of this run lies in a store: those from 100 KiB on do." : `All copies of ${object.label} are gone.`),
    button("slow_node", node === null ? "Slow node" : isSlow ? `Node ${node.id} as usual` : `Slow node ${node.id}`,
      node && { node: node.id, factor: isSlow ? 1 : SLOWER },
      node === null ? "No node is known yet." : isSlow ? "Everything takes its usual time there again." : `Everything takes ${SLOWER} times as long there.`),
  ];
}

/** A button of one fault; without a target it is off and says why. */
function button(fault: string, word: string, args: Record<string, unknown> | null, what: string): VNode {
  return h("button", {
    key: fault, type: "button", class: "rt-tool", "data-action": args === null ? "" : "fault", "data-fault": fault,
    "data-args": JSON.stringify(args ?? {}), "aria-disabled": String(args === null), "aria-label": `${word}: ${what}`, title: what,
  }, word);
}

const firstNode = ({ store }: Scene): string | undefined => store.nodes.keys().next().value;
