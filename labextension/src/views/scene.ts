// All that a view needs to draw one moment of one run.

import type { Commands } from "../commands.ts";
import type { Measure } from "../layout/labels.ts";
import type { Blocks } from "../layout/blocks.ts";
import type { Graph } from "../model/graph.ts";
import type { Groups } from "../model/groups.ts";
import type { RunStore } from "../model/store.ts";
import type { Child } from "../draw/dom.ts";

export interface Scene {
  store: RunStore;
  graph: Graph;
  /** instead of the graph once there are many tasks */
  groups: Groups | null;
  layers: Blocks;
  /** the moment that is shown */
  t: number;
  /** the newest moment there is to show; t is at most this */
  head: number;
  /** a person looks at an earlier moment than the newest */
  isScrubbed: boolean;
  isPlaying: boolean;
  /** null where nobody can take any */
  commands: Commands | null;
  /** of playing, times */
  speed: number;
  /** when the run began: 0 on the axis */
  start: number;
  /** rows still change and bars still grow */
  isMoving: boolean;
  /** px inside the view */
  width: number;
  isNarrow: boolean;
  /** key of the selected node, see model/graph.ts */
  selected: string | null;
  measure: Measure;
  /** px of a pill, settled when the run began */
  pillWidth: number;
  /** makes ids unique in the page */
  uid: string;
  ui: Ui;
  /** null where there is no notebook to go to */
  goTo: Jump | null;
}

/** Goes to the line from which a task was submitted. */
export type Jump = (place: { cell: string; line: number }) => void;

/** What a person has set in this view, beyond the selection; the panes read it. */
export interface Ui {
  /** the call of `wait` that was chosen, null for the latest */
  wait: number | null;
  /** the part of the timeline that is shown, null for all of it */
  zoom: [number, number] | null;
  /** the part that is being marked with the pointer */
  brush: [number, number] | null;
  /** the critical path is shown */
  isCritical: boolean;
  /** the buttons that break things are shown */
  isBreaking: boolean;
}

export function freshUi(): Ui {
  return { wait: null, zoom: null, brush: null, isCritical: false, isBreaking: false };
}

/** One picture of the run. A tab shows one or more of them. */
export interface Pane {
  id: string;
  /** what it says to screen readers */
  name: string;
  /** bars grow in it: draw on every frame while the run moves */
  isClocked: boolean;
  draw(scene: Scene): Child[];
  /** the key that an arrow key leads to from `from` */
  step?(scene: Scene, from: string | null, arrow: Arrow): string | null;
  /** the key of what lies at a point of its canvas */
  hit?(scene: Scene, x: number, y: number): string | null;
}

export type Arrow = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

export function isArrow(key: string): key is Arrow {
  return ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(key);
}

/** A tab of the view: what stands above the story line. */
export interface Tab {
  id: string;
  title: string;
  panes: Pane[];
  /** how many things it shows, told beside the title; null says nothing */
  count?(scene: Scene): number | null;
  /** something in it goes on that one would not like to miss */
  isBusy?(scene: Scene): boolean;
  /** its rows in words, for screen readers and for all who like lists */
  table(scene: Scene, page: number): Child[];
}
