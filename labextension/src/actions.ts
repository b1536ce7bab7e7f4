// What the buttons and keys of a view do to the moment and to what is shown of it.

import type { Player } from "./player.ts";
import type { Scene } from "./views/scene.ts";
import { panBy, zoomBy } from "./views/timeline_tools.ts";
import { nextSpeed } from "./views/gate.ts";
import { taskOfKey } from "./model/graph.ts";
import { neighbourMoment } from "./model/moments.ts";

const NUDGE = 0.01;
const LEAP = 0.1;

type Action = (scene: Scene, player: Player, button: HTMLElement) => void;

const by = (share: number): Action => ({ t, start, head }, player) =>
  player.seek(Math.max(start, t + share * (head - start)), start, head);

const toEvent = (isLater: boolean): Action => (scene, player) => {
  const t = neighbourMoment(scene.store, scene.t, isLater);
  player.seek(t ?? (isLater ? scene.head : scene.start), scene.start, scene.head);
};

const ACTIONS: Readonly<Record<string, Action>> = {
  play: (scene, player) => player.toggle(scene.start),
  pause: (scene, player) => player.toggle(scene.start),
  back: toEvent(false),
  next: toEvent(true),
  nudge: by(NUDGE),
  "nudge-back": by(-NUDGE),
  leap: by(LEAP),
  "leap-back": by(-LEAP),
  "to-start": ({ start, head }, player) => player.seek(start, start, head),
  live: (_, player) => player.follow(),
  speed: (_, player) => player.faster(),
  hold: ({ commands }) => commands?.give("pause"),
  "let-one": ({ commands }) => commands?.give("step"),
  release: ({ commands }) => commands?.give("resume"),
  pace: (scene) => {
    const perSecond = nextSpeed(scene);
    if (perSecond === 0) scene.commands?.give("resume");
    else scene.commands?.give("speed", { per_second: perSecond });
  },
  "go-to": ({ store, selected, goTo }) => {
    const task = taskOfKey(store, selected);
    if (task !== null) goTo?.(task);
  },
  critical: ({ ui }) => {
    ui.isCritical = !ui.isCritical;
  },
  "break-things": ({ ui }) => {
    ui.isBreaking = !ui.isBreaking;
  },
  fault: ({ commands }, _, button) =>
    commands?.give(button.getAttribute("data-fault") ?? "", JSON.parse(button.getAttribute("data-args") ?? "{}")),
  "zoom-in": (scene) => zoomBy(scene, 0.5, middleOf(scene)),
  "zoom-out": (scene) => zoomBy(scene, 2, middleOf(scene)),
  "zoom-all": ({ ui }) => {
    ui.zoom = null;
  },
  pan: (scene) => panBy(scene, 0.5),
  "pan-back": (scene) => panBy(scene, -0.5),
  wait: ({ ui }, _, button) => {
    const chosen = button.getAttribute("data-wait");
    if (chosen !== null && chosen !== "") ui.wait = Number(chosen);
  },
};

/** What to zoom around: the chosen moment where it shows, else the middle of what is shown. */
function middleOf({ ui, start, head, t, isScrubbed }: Scene): number {
  const [from, to] = ui.zoom ?? [start, head];
  return isScrubbed && t >= from && t <= to ? t : (from + to) / 2;
}

/** Carry out an action; one of no concern here is left alone. */
export function act(action: string, button: HTMLElement, scene: Scene, player: Player): void {
  ACTIONS[action]?.(scene, player, button);
}
