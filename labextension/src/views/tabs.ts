// The register of tabs. A new view adds itself here; the shell stays as it is.

import { h } from "../draw/dom.ts";
import type { Child } from "../draw/dom.ts";
import { graphPane } from "./graph.ts";
import type { Pane, Tab } from "./scene.ts";
import { timelinePane } from "./timeline.ts";

/** Tabs in their order; the first one opens. */
export const TABS: readonly Tab[] = [{ id: "graph", title: "Graph", panes: [graphPane] }];

/** What stands below every tab, on the same selection. */
export const ALWAYS: readonly Pane[] = [timelinePane];

/** One view needs no tab. */
export function drawTabs(tabs: readonly Tab[], open: string): Child[] {
  if (tabs.length < 2) return [];
  return tabs.map((tab) =>
    h("button", {
      key: tab.id, type: "button", role: "tab", "aria-selected": String(tab.id === open),
      "data-action": "tab", "data-tab": tab.id,
    }, tab.title));
}
