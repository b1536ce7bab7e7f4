// The view of one run: `mount(el, link)` fills an element and keeps it up to date.
// It knows no framework; the cell widget, the saved page and the panel all use it.

import { Clock } from "./clock.ts";
import { act } from "./actions.ts";
import { listen } from "./controls.ts";
import { listenToTimeline } from "./gestures.ts";
import { measureIn } from "./layout/labels.ts";
import { Layers } from "./layout/layers.ts";
import { Connection, pageTimers } from "./link.ts";
import type { Link } from "./link.ts";
import { Graph, labelOfKey } from "./model/graph.ts";
import { GROUP_OVER, Groups } from "./model/groups.ts";
import type { KernelMessage } from "./model/messages.ts";
import { isUnfinished, lastChange } from "./model/state.ts";
import { RunStore } from "./model/store.ts";
import { Pacer } from "./pacer.ts";
import { Painter } from "./painter.ts";
import { Player } from "./player.ts";
import { buildShell } from "./shell.ts";
import { pillWidthFor } from "./views/graph_geometry.ts";
import { freshUi } from "./views/scene.ts";
import type { Arrow, Pane, Scene, Ui } from "./views/scene.ts";
import { ALWAYS, TABS } from "./views/tabs.ts";

const NARROW_PX = 560;

/** Fill `el` with the view of the run at the other end of the link. */
export function mount(el: HTMLElement, link: Link): () => void {
  const view = new RunView(el, link);
  return () => view.unmount();
}

let mounted = 0;

class RunView {
  private readonly store = new RunStore();
  private graph = new Graph();
  private groups: Groups | null = null;
  private layers = new Layers();
  private readonly clock = new Clock(() => performance.now());
  private readonly regions;
  private readonly painter: Painter;
  private readonly pacer: Pacer;
  private readonly connection: Connection | null = null;
  private readonly measure;
  private readonly uid = `${(mounted += 1)}${Math.random().toString(36).slice(2, 8)}`;
  private readonly ends: (() => void)[] = [];
  private selected: string | null = null;
  private run = "";
  private width = 0;
  private pillWidth = 0;
  private ui: Ui = freshUi();
  private readonly player = new Player(() => performance.now());

  constructor(el: HTMLElement, link: Link) {
    this.regions = buildShell(el);
    this.measure = measureIn(getComputedStyle(this.regions.root).fontFamily || "sans-serif");
    this.painter = new Painter(this.regions);
    this.pacer = new Pacer((isFull) => this.paint(isFull), () => this.isMoving() || this.player.isPlaying);
    this.ends.push(this.watchWidth(), this.watchPerson());
    this.connection = new Connection(link, this.store, pageTimers, (m) => this.receive(m));
  }

  unmount(): void {
    this.connection?.close();
    this.pacer.stop();
    for (const end of this.ends) end();
    this.regions.root.remove();
  }

  private receive(message: KernelMessage | null): void {
    if (message?.type === "snapshot" || message?.type === "changes") {
      this.clock.sync(message.now_s);
      if (message.type === "snapshot") this.startAfresh();
      this.growGraph();
      if (this.pillWidth === 0) this.settleWidth();
    }
    this.pacer.request();
  }

  /** A snapshot of the same run keeps its nodes where they are. */
  private startAfresh(): void {
    const run = `${this.store.run.id}/${this.store.run.execution}`;
    if (run === this.run) return;
    this.run = run;
    this.graph = new Graph();
    this.groups = null;
    this.layers = new Layers();
    this.selected = null;
    this.ui = freshUi();
    this.player.follow();
    this.pillWidth = 0;
  }

  /** Once there are many tasks their groups take the place of the graph, for good. */
  private growGraph(): void {
    if (this.groups === null && (this.store.tasks.size > GROUP_OVER || this.graph.notDrawn > 0)) {
      this.groups = new Groups();
      this.layers = new Layers();
    }
    this.layers.place(this.groups === null ? this.graph.grow(this.store) : this.groups.grow(this.store));
  }

  private settleWidth(): void {
    const labels = [...this.graph.nodes.keys()].map((key) => labelOfKey(this.store, key));
    if (labels.length > 0) this.pillWidth = pillWidthFor(labels, this.measure);
  }

  private isMoving(): boolean {
    const { store } = this;
    return store.isKnown && store.live && !this.isSilent() && (isUnfinished(store) || this.clock.liveEdge() < lastChange(store));
  }

  /** Nobody answers; false while the connection is being made. */
  private isSilent(): boolean {
    return this.connection?.isSilent ?? false;
  }

  private scene(): Scene {
    const { store, graph, groups, layers, selected, measure, uid, width, pillWidth, ui } = this;
    const isMoving = this.isMoving();
    const start = store.run.id === -1 ? 0 : store.run.start_s;
    const head = Math.max(start, isMoving ? this.clock.liveEdge() : restOf(store));
    const t = this.player.moment(head);
    const isNarrow = width < NARROW_PX;
    const { isFollowing, isPlaying, speed } = this.player;
    return { store, graph, groups, layers, selected, measure, uid, width, pillWidth, ui, isNarrow, isMoving, start, t, head, isScrubbed: !isFollowing, isPlaying, speed, commands: this.connection?.commands ?? null };
  }

  private paint(isFull: boolean): void {
    if (this.width === 0) return;
    this.painter.paint(this.scene(), { isFull, isSilent: this.isSilent() });
  }

  private watchWidth(): () => void {
    const { root } = this.regions;
    const take = (): void => {
      const width = Math.floor(root.clientWidth);
      if (width === this.width || width === 0) return;
      this.width = width;
      root.toggleAttribute("data-narrow", width < NARROW_PX);
      this.pacer.request();
    };
    const observer = new ResizeObserver(take);
    observer.observe(root);
    take();
    return () => observer.disconnect();
  }

  private watchPerson(): () => void {
    const stage = { scene: () => this.scene(), redraw: () => this.pacer.request() };
    this.ends.push(listenToTimeline(this.regions.root, stage));
    return listen(this.regions.root, {
      select: (key) => this.select(key),
      step: (pane, arrow) => this.step(pane, arrow),
      open: (key) => {
        this.painter.isOpen = key !== this.selected || !this.painter.isOpen;
        this.select(key);
      },
      act: (action, button) => {
        this.painter.act(action, button);
        act(action, button, this.scene(), this.player);
        this.paint(true);
        this.pacer.request();
      },
      scrub: (share) => this.scrub(share),
      hover: (key, x, y) => this.painter.hover(this.scene(), key, x, y),
    });
  }

  /** Show the moment at this share of the run. */
  private scrub(share: number): void {
    const { start, head } = this.scene();
    this.player.seek(start + share * (head - start), start, head);
    this.pacer.request();
  }

  private select(key: string | null): void {
    this.selected = key;
    if (key === null) this.painter.isOpen = false;
    this.paint(true);
  }

  private step(paneId: string, arrow: Arrow): void {
    const panes: Pane[] = [...TABS.flatMap((tab) => tab.panes), ...ALWAYS];
    const key = panes.find((p) => p.id === paneId)?.step?.(this.scene(), this.selected, arrow) ?? null;
    if (key === null) return;
    this.select(key);
    this.painter.focus(paneId, key);
  }
}

/** The moment a run rests at: its last change, or what a saved or lost one last knew. */
function restOf(store: RunStore): number {
  const last = lastChange(store);
  if (last >= store.nowS) return last;
  for (const task of store.tasks.values()) if (task.end_s === null) return store.nowS;
  return last;
}
