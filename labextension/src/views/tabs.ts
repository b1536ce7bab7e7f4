// The register of tabs. A new view adds itself here; the shell stays as it is.

import { h } from "../draw/dom.ts";
import type { Child } from "../draw/dom.ts";
import { grouped } from "../draw/marks.ts";
import { countObjects } from "../model/objects.ts";
import { isOpenAt, waitsUntil } from "../model/calls.ts";
import { more } from "../parts.ts";
import { graphPane } from "./graph.ts";
import type { Pane, Scene, Tab } from "./scene.ts";
import { timelinePane } from "./timeline.ts";

type More = NonNullable<ReturnType<typeof more>>;

/** A pane of the second part: empty until that is there. */
function later(id: string, name: string, isClocked: boolean, pick: (parts: More) => Pane): Pane {
  const pane = (): Pane | null => {
    const parts = more();
    return parts === null ? null : pick(parts);
  };
  return {
    id, name, isClocked,
    draw: (scene) => pane()?.draw(scene) ?? [],
    step: (scene, from, arrow) => pane()?.step?.(scene, from, arrow) ?? null,
  };
}

const actorsPane = later("actors", "Actors and their mailboxes", true, (parts) => parts.actorsPane);
const waitPane = later("wait", "Calls of wait", true, (parts) => parts.waitPane);
const objectsPane = later("objects", "Objects and where they are", false, (parts) => parts.objectsPane);

/** Tabs in their order; the first one opens. */
export const TABS: readonly Tab[] = [
  { id: "graph", title: "Graph", panes: [graphPane], table: (s, page) => more()?.drawTable(s, page) ?? [] },
  { id: "actors", title: "Actors", panes: [actorsPane], count: (s) => s.store.actors.size, table: (s, page) => more()?.actorTable(s, page) ?? [] },
  { id: "wait", title: "Wait", panes: [waitPane], count: (s) => waitsUntil(s.store, s.t).length, isBusy: hasOpenWait, table: (s, page) => more()?.waitTable(s, page) ?? [] },
  { id: "objects", title: "Objects", panes: [objectsPane], count: (s) => countObjects(s.store, s.t), table: (s, page) => more()?.objectTable(s, page) ?? [] },
];

/** What stands below every tab, or beside it, on the same selection. */
export const ALWAYS: readonly Pane[] = [timelinePane];

function hasOpenWait({ store, t }: Scene): boolean {
  return waitsUntil(store, t).some((wait) => isOpenAt(wait, t));
}

export function drawTabs(scene: Scene, tabs: readonly Tab[], open: string): Child[] {
  return tabs.map((tab) => {
    const count = tab.count?.(scene) ?? 0;
    const isBusy = scene.isMoving && (tab.isBusy?.(scene) ?? false);
    const isOpen = tab.id === open;
    return h("button", {
      key: tab.id, type: "button", role: "tab", "aria-selected": String(isOpen), tabindex: isOpen ? 0 : -1,
      "data-action": "tab", "data-tab": tab.id,
    }, tab.title,
    count > 0 && h("i", { key: "count" }, grouped(count)),
    isBusy && h("i", { key: "busy", class: "rt-busy" }, "blocks"));
  });
}
