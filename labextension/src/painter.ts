// Fills the regions of the shell from a scene.

import { h, patch } from "./draw/dom.ts";
import type { Child } from "./draw/dom.ts";
import { emptyState } from "./draw/marks.ts";
import { more } from "./parts.ts";
import { paneRegion } from "./shell.ts";
import type { Regions } from "./shell.ts";
import { countsInWords, drawHeader, title } from "./views/header.ts";
import type { Mode } from "./views/header.ts";
import type { Pane, Scene, Tab } from "./views/scene.ts";
import { drawStory } from "./views/story.ts";
import { ALWAYS, TABS, drawTabs } from "./views/tabs.ts";

/** A run with more tasks is drawn part by part: what stands around, the picture, the timeline. */
export const LARGE = 2000;
const PARTS = 3;
/** The table and the spoken counts follow at most this often. */
const CALM_MS = 1000;

export class Painter {
  /** the details of the selection are shown */
  isOpen = false;
  private tab = TABS[0]?.id ?? "";
  private page = 0;
  private isTableShown = false;
  private calmAtMs = -Infinity;
  /** of a large run: what is drawn next */
  private part = 0;
  private hovered: string | null = null;

  constructor(private readonly regions: Regions) {}

  /** Draw; a large run takes a frame for each of its parts, and true says that one is left. */
  paint(scene: Scene, { isFull, isSilent }: { isFull: boolean; isSilent: boolean }): boolean {
    const { regions } = this;
    if (!scene.store.isKnown) {
      patch(paneRegion(regions.top, "nobody", "Connection"), isSilent ? [nobody()] : []);
      return false;
    }
    const isLarge = scene.store.tasks.size > LARGE;
    if (isLarge && !isFull && this.part === 0) return false;
    const part = isLarge ? this.part : null;
    this.part = part === null || part === PARTS - 1 ? 0 : part + 1;
    if (isFull && (part ?? 0) === 0) this.frame(scene, isSilent);
    if (part !== 0) this.panes(scene, isFull || isLarge, part === null ? "both" : part === 1 ? "top" : "bottom");
    if ((part ?? 0) === 0) this.calm(scene);
    return this.part !== 0;
  }

  /** What stands around the pictures. */
  private frame(scene: Scene, isSilent: boolean): void {
    const { regions } = this;
    const hasTasks = scene.store.tasks.size > 0;
    regions.header.hidden = false;
    regions.root.setAttribute("aria-label", `rayteach: ${title(scene.store.run)}`);
    patch(regions.header, drawHeader(scene, modeOf(scene, isSilent)));
    patch(regions.tabs, hasTasks ? drawTabs(scene, TABS, this.tab) : []);
    regions.tabs.hidden = !hasTasks;
    patch(regions.errors, more()?.drawErrors(scene) ?? []);
    patch(regions.story, hasTasks ? drawStory(scene, this.isOpen) : []);
    regions.story.hidden = !hasTasks;
    patch(regions.log, more()?.drawLog(scene) ?? []);
    patch(regions.foot, [...foot(scene, this.isTableShown), ...(hasTasks ? (more()?.drawFaults(scene, isSilent) ?? []) : [])]);
    patch(regions.transport, hasTasks ? (more()?.drawTransport(scene) ?? []) : []);
  }

  private panes(scene: Scene, isFull: boolean, which: "top" | "bottom" | "both"): void {
    const { top, bottom } = this.regions;
    const open = this.open.panes;
    for (const child of [...top.children]) {
      const id = child.getAttribute("data-pane");
      if (!open.some((pane) => pane.id === id)) child.remove();
    }
    const wide = besideOne(scene);
    this.regions.root.toggleAttribute("data-wide", wide !== scene);
    const draw = (parent: HTMLElement, pane: Pane): void => {
      if (isFull || pane.isClocked) patch(paneRegion(parent, pane.id, pane.name), pane.draw(wide));
    };
    if (scene.store.tasks.size === 0 && scene.graph.nodes.size === 0) {
      patch(paneRegion(top, open[0]?.id ?? "", ""), [nothing(scene)]);
      return;
    }
    if (which !== "bottom") for (const pane of open) draw(top, pane);
    if (which !== "top") for (const pane of ALWAYS) draw(bottom, pane);
  }

  /** The scene as the panes get it. */
  besides(scene: Scene): Scene {
    return besideOne(scene);
  }

  private get open(): Tab {
    return TABS.find((tab) => tab.id === this.tab) ?? (TABS[0] as Tab);
  }

  /** What would be noise if it followed every frame. */
  private calm(scene: Scene): void {
    const now = performance.now();
    if ((scene.isMoving || scene.isPlaying) && now - this.calmAtMs < CALM_MS) return;
    this.calmAtMs = now;
    patch(this.regions.table, this.open.table(scene, this.page));
    this.regions.table.classList.toggle("rt-sr", !this.isTableShown);
    // Shown, it may scroll sideways: the keyboard must get there.
    this.regions.table.tabIndex = this.isTableShown ? 0 : -1;
    const words = countsInWords(scene.store, scene.t).map(([, n, word]) => `${n} ${word}`);
    patch(this.regions.status, [`${title(scene.store.run)}: ${words.join(", ") || "no tasks yet"}`]);
  }

  act(action: string, button: HTMLElement): void {
    if (action === "details") this.isOpen = !this.isOpen;
    if (action === "save-picture") this.save();
    if (action === "table") this.isTableShown = !this.isTableShown;
    if (action === "tab") {
      this.tab = button.getAttribute("data-tab") ?? this.tab;
      this.page = 0;
    }
    if (action === "page") this.page = Number(button.getAttribute("data-page"));
    this.calmAtMs = -Infinity;
  }

  /** The open picture and the timeline as a file. */
  private save(): void {
    const pane = this.regions.root.querySelector<HTMLElement>(".rt-body");
    if (pane !== null) void more()?.savePicture(pane, `rayteach-${this.tab}`);
  }

  hover(scene: Scene, key: string | null, x: number, y: number): void {
    const { tip, root } = this.regions;
    if (key === null || key === scene.selected) {
      tip.hidden = true;
      this.hovered = null;
      return;
    }
    if (key !== this.hovered) patch(tip, more()?.drawTip(scene, key) ?? []);
    this.hovered = key;
    tip.hidden = tip.childNodes.length === 0;
    const left = Math.max(0, Math.min(x + 12, root.clientWidth - tip.offsetWidth - 4));
    const isLow = y + 20 + tip.offsetHeight > root.clientHeight;
    tip.style.left = `${left}px`;
    tip.style.top = `${isLow ? Math.max(0, y - tip.offsetHeight - 12) : y + 20}px`;
  }

  /** Give the keyboard to the mark of `key` in a pane. */
  focus(pane: string, key: string): void {
    const region = this.regions.root.querySelector(`[data-pane="${pane}"]`);
    const marks = [...(region?.querySelectorAll<SVGElement>("[data-key]") ?? [])];
    marks.find((mark) => mark.getAttribute("data-key") === key)?.focus();
  }
}

function modeOf(scene: Scene, isSilent: boolean): Mode {
  if (isSilent) return "disconnected";
  if (scene.isMoving) return "live";
  return scene.store.live ? "finished" : "saved";
}

/** From here on the tab and the timeline stand side by side. */
const WIDE_PX = 1240;
const BETWEEN_PX = 32;

/** The scene for each of two panes side by side; the same scene where there is no room. */
function besideOne(scene: Scene): Scene {
  if (scene.width < WIDE_PX) return scene;
  return { ...scene, width: Math.floor((scene.width - BETWEEN_PX) / 2) };
}

function nobody(): Child {
  return h("div", { key: "nobody", class: "rt-empty", role: "alert" },
    "The kernel does not answer. It may be busy, or gone: run the cell again to see its tasks here.");
}

function nothing(scene: Scene): Child {
  const isOpen = scene.store.run.outcome === "" && scene.store.live;
  return emptyState(`This cell has started nothing${isOpen ? " yet" : ""}. Call a remote function to see it here:`, "f.remote(1)");
}

function foot(scene: Scene, isTableShown: boolean): Child[] {
  if (scene.store.tasks.size === 0) return [];
  return [h("button", { key: "table", type: "button", "data-action": "table", "aria-expanded": String(isTableShown) },
    isTableShown ? "hide the table" : "show as a table"),
  h("button", { key: "png", type: "button", "data-action": "save-picture" }, "save the picture")];
}
