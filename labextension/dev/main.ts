// The dev page: one made-up run, still at a moment or played like a live one.

import type { Link } from "../src/link.ts";
import { mount } from "../src/view.ts";
import { snapshot } from "./run.ts";
import type { Story } from "./run.ts";
import { session } from "./session.ts";
import { empty, lesson1, many, nested, wordCount } from "./stories.ts";
import { big, loop, mock } from "./views.ts";

const query = new URLSearchParams(location.search);
const stories: Record<string, Story> = { wordCount, lesson1, nested, empty, mock, loop, big, session, many: many(Number(query.get("n") ?? 5000)) };
const story = stories[query.get("story") ?? "wordCount"] ?? wordCount;
const theme = query.get("theme");
if (theme !== null) document.documentElement.dataset["theme"] = theme;

const START_S = 2;
const BEAT_MS = 60;
/** The made-up session begins at 0, the runs at 2. */
const FIRST_S = story === session ? 0 : START_S;

/** Sends whole snapshots at the beat of a kernel, from `now` on; without `play` just one. */
function play(): Link {
  const began = performance.now();
  const first = FIRST_S + Number(query.get("now") ?? 9);
  const isPlayed = query.get("play") !== null;
  const nowS = (): number => first + (isPlayed ? (performance.now() - began) / 1000 : 0);
  return {
    send: () => undefined,
    onMessage(listener) {
      let seq = 0;
      const beat = (): void => listener(snapshot(story, nowS(), (seq += 1), query.get("saved") === null));
      queueMicrotask(beat);
      const id = isPlayed ? setInterval(beat, BEAT_MS) : 0;
      return () => clearInterval(id);
    },
  };
}

const place = document.getElementById("view");
if (place !== null && query.get("silent") === null) {
  mount(place, play());
  const tab = query.get("tab");
  if (tab !== null) {
    requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-tab="${tab}"]`)?.click()));
  }
  const key = query.get("select");
  if (key !== null) {
    requestAnimationFrame(() => requestAnimationFrame(() =>
      document.querySelector<HTMLElement>(`[data-key="${key}"]`)?.dispatchEvent(new MouseEvent("click", { bubbles: true }))));
  }
} else if (place !== null) {
  mount(place, { send: () => undefined, onMessage: () => () => undefined });
}
