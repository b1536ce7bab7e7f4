// The register of tabs. A new view adds itself here; the shell stays as it is.

import { h } from "../draw/dom.ts";
import type { Child } from "../draw/dom.ts";
import { grouped } from "../draw/marks.ts";
import { countObjects } from "../model/objects.ts";
import { isOpenAt, waitsUntil } from "../model/waits.ts";
import { actorsPane } from "./actors.ts";
import { graphPane } from "./graph.ts";
import { objectsPane } from "./objects.ts";
import type { Pane, Scene, Tab } from "./scene.ts";
import { drawTable } from "./table.ts";
import { actorTable, objectTable, waitTable } from "./tables.ts";
import { timelinePane } from "./timeline.ts";
import { waitPane } from "./wait.ts";

/** Tabs in their order; the first one opens. */
export const TABS: readonly Tab[] = [
  { id: "graph", title: "Graph", panes: [graphPane], table: drawTable },
  { id: "actors", title: "Actors", panes: [actorsPane], count: (s) => s.store.actors.size, table: actorTable },
  { id: "wait", title: "Wait", panes: [waitPane], count: (s) => waitsUntil(s.store, s.t).length, isBusy: hasOpenWait, table: waitTable },
  { id: "objects", title: "Objects", panes: [objectsPane], count: (s) => countObjects(s.store, s.t), table: objectTable },
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
