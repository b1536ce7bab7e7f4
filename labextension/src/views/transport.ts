// The transport bar: the moment in words, buttons, and the slider whose track is the
// number of CPUs in use, with a tick for everything that happened.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { duration } from "../layout/axis.ts";
import { momentsOf, sentenceAt } from "../model/moments.ts";
import { LARGE, markMoments } from "../model/moments_large.ts";
import { cpuTrack } from "../model/track.ts";
import { drawGate } from "./gate.ts";
import type { Scene } from "./scene.ts";

const HEIGHT = 34;
const BASE = 22;
const EDGE = 6;
/** Room for the buttons before the slider and for the pill behind it. */
const BUTTONS_PX = 176;
const PILL_PX = 128;

const ICONS: Readonly<Record<string, string>> = {
  back: "M11 1L4.5 6l6.5 5zM1 1h2v10H1z",
  play: "M2 1l9 5-9 5z",
  pause: "M2 1h3v10H2zM7 1h3v10H7z",
  next: "M1 1l6.5 5L1 11zM9 1h2v10H9z",
};

export function drawTransport(scene: Scene): Child[] {
  const width = scene.isNarrow ? scene.width : scene.width - BUTTONS_PX - PILL_PX;
  return [
    ...drawGate(scene),
    h("div", { key: "moment", class: "rt-moment" }, momentInWords(scene)),
    h("div", { key: "bar", class: "rt-bar-row" },
      h("span", { key: "buttons", class: "rt-buttons" },
        button("back", "Back to the event before"),
        button(scene.isPlaying ? "pause" : "play", scene.isPlaying ? "Stop playing" : "Play the run"),
        button("next", "On to the next event"),
        h("button", { key: "speed", type: "button", class: "rt-speed", "data-action": "speed", "aria-label": `Speed ${scene.speed} times`, title: "Speed of playing" }, `${scene.speed}×`)),
      slider(scene, width),
      pill(scene)),
  ];
}

function momentInWords(scene: Scene): Child[] {
  const found = sentenceAt(scene.store, scene.t);
  if (found === null) return [`t = ${duration(scene.t - scene.start)}: the cell starts.`];
  return [h("span", { key: "t", class: "rt-t" }, `t = ${duration(found.t - scene.start)}: `), `${found.words}.`];
}

function button(name: string, words: string): VNode {
  return h("button", { key: name, type: "button", class: "rt-icon-button", "data-action": name, "aria-label": words, title: words },
    h("svg", { width: 12, height: 12, viewBox: "0 0 12 12", "aria-hidden": "true" }, h("path", { d: ICONS[name] ?? "", fill: "currentColor" })));
}

function pill(scene: Scene): VNode {
  const behind = scene.head - scene.t;
  const words = scene.isMoving ? `${duration(behind)} behind live` : "to the end";
  return h("span", { key: "pill", class: "rt-back" },
    scene.isScrubbed
      ? h("button", { key: "live", type: "button", class: "rt-pill rt-button", "data-action": "live" }, words)
      : h("span", { key: "at", class: "rt-note" }, scene.isMoving ? "follows the run" : duration(scene.head - scene.start)));
}

function slider(scene: Scene, width: number): VNode {
  const { start, head, t } = scene;
  const span = Math.max(head - start, 1e-9);
  const room = width - 2 * EDGE;
  const x = (time: number): number => EDGE + ((Math.min(time, head) - start) / span) * room;
  const said = sentenceAt(scene.store, t);
  const { area, ticks } = pictureOf(scene, Math.max(1, Math.floor(room)));
  const now = x(t);
  return h("svg", {
    key: "slider", class: "rt-scrub", width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, tabindex: 0, role: "slider",
    "data-scrub": `${EDGE} ${room}`, "aria-label": "Moment of the run", "aria-valuemin": 0, "aria-valuemax": round(span),
    "aria-valuenow": round(t - start), "aria-valuetext": `${duration(t - start)}${said === null ? "" : `: ${said.words}`}`,
  },
    h("path", { key: "use", class: "rt-use", d: area }),
    h("path", { key: "ticks", class: "rt-ticks", d: ticks }),
    h("line", { key: "base", class: "rt-thin", x1: EDGE, x2: width - EDGE, y1: BASE, y2: BASE }),
    h("rect", { key: "later", class: "rt-later", x: now, y: 0, width: Math.max(0, width - now), height: HEIGHT }),
    h("line", { key: "hand", class: "rt-now", x1: now, x2: now, y1: 2, y2: HEIGHT - 3, "stroke-width": 1.5 }),
    h("circle", { key: "knob", class: "rt-knob", cx: now, cy: BASE, r: 5 }));
}

const round = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;

interface Picture {
  key: string;
  drawnMs: number;
  area: string;
  ticks: string;
}

const pictures = new WeakMap<object, Picture>();
/** While a large run moves, its track follows at most this often. */
const CALM_MS = 1000;

/** The track, drawn anew when the rows or the width have changed. */
function pictureOf(scene: Scene, room: number): Picture {
  const { store, start, head } = scene;
  const key = `${store.revision} ${room} ${head.toFixed(2)}`;
  const found = pictures.get(store);
  const isFresh = found !== undefined && scene.isMoving && store.tasks.size > LARGE && performance.now() - found.drawnMs < CALM_MS;
  if (found !== undefined && (found.key === key || isFresh)) return found;
  const steps = Math.max(1, Math.min(room, 600));
  const use = cpuTrack(store, start, head, steps);
  const most = Math.max(1, use.reduce((a, b) => Math.max(a, b), 0));
  const points = Array.from(use, (cpus, i) => `H${round(EDGE + (i / steps) * room)}V${round(BASE - (cpus / most) * 18)}`);
  const area = `M${EDGE} ${BASE}${points.join("")}H${EDGE + room}V${BASE}Z`;
  const span = Math.max(head - start, 1e-9);
  const pixels = new Set<number>();
  let latest = -1;
  const mark = (t: number): void => {
    const x = Math.round(EDGE + ((t - start) / span) * room);
    if (x !== latest) pixels.add(x);
    latest = x;
  };
  if (store.tasks.size > LARGE) markMoments(store, head, mark);
  else for (const moment of momentsOf(store)) if (moment.t <= head) mark(moment.t);
  const picture = { key, drawnMs: performance.now(), area, ticks: [...pixels].map((x) => `M${x} ${BASE + 3}v4`).join("") };
  pictures.set(store, picture);
  return picture;
}
