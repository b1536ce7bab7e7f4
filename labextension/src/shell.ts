// The fixed skeleton of a view: regions that are filled, never rebuilt.

import { ensureStyle } from "./draw/style.ts";

export interface Regions {
  root: HTMLElement;
  header: HTMLElement;
  tabs: HTMLElement;
  top: HTMLElement;
  bottom: HTMLElement;
  errors: HTMLElement;
  story: HTMLElement;
  /** what was printed after the cell had ended */
  log: HTMLElement;
  /** the transport bar finds its place here */
  transport: HTMLElement;
  foot: HTMLElement;
  table: HTMLElement;
  status: HTMLElement;
  tip: HTMLElement;
}

/** Build the skeleton inside `el`. */
export function buildShell(el: HTMLElement): Regions {
  const page = el.ownerDocument;
  const region = (className: string, attributes: Record<string, string> = {}): HTMLElement => {
    const div = page.createElement("div");
    div.className = className;
    for (const [name, value] of Object.entries(attributes)) div.setAttribute(name, value);
    return div;
  };
  // JupyterLab's own keys must not see the arrow keys of the pictures.
  const root = region("rt", { role: "region", "aria-label": "rayteach run", "data-lm-suppress-shortcuts": "true" });
  const regions: Regions = {
    root,
    header: region("rt-head"),
    tabs: region("rt-tabs", { role: "tablist", "aria-label": "Views" }),
    top: region("rt-top"),
    bottom: region("rt-bottom"),
    errors: region("rt-errors"),
    story: region("rt-story"),
    log: region("rt-late"),
    transport: region("rt-transport"),
    foot: region("rt-foot"),
    table: region("rt-table rt-sr", { role: "group", "aria-label": "Table of tasks", tabindex: "-1" }),
    status: region("rt-sr", { role: "status", "aria-live": "polite" }),
    tip: region("rt-tip", { role: "tooltip" }),
  };
  regions.tip.hidden = true;
  regions.tabs.hidden = true;
  regions.header.hidden = true;
  regions.story.hidden = true;
  const body = region("rt-body");
  body.append(regions.top, regions.bottom);
  root.append(
    regions.header, regions.tabs, body, regions.errors, regions.story, regions.log,
    regions.transport, regions.foot, regions.table, regions.status, regions.tip,
  );
  el.append(root);
  ensureStyle(root);
  return regions;
}

/** The region of a pane, made when it is first asked for. */
export function paneRegion(parent: HTMLElement, id: string, name: string): HTMLElement {
  const found = [...parent.children].find((child) => child.getAttribute("data-pane") === id);
  if (found !== undefined) return found as HTMLElement;
  const div = parent.ownerDocument.createElement("div");
  div.className = "rt-pane";
  div.setAttribute("data-pane", id);
  div.setAttribute("role", "group");
  div.setAttribute("aria-label", name);
  parent.append(div);
  return div;
}
