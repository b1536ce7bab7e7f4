// The view of one run: `mount(el, link)` fills an element and keeps it up to date.
// It knows no framework; the cell widget, the saved page and the panel all use it.

import { Clock } from "./clock.ts";
import { listen } from "./controls.ts";
import { Connection, pageTimers } from "./link.ts";
import type { Link } from "./link.ts";
import { taskOfKey } from "./model/graph.ts";
import type { KernelMessage } from "./model/messages.ts";
import type { TaskRow } from "./model/rows.ts";
import { isUnfinished, lastChange } from "./model/state.ts";
import { more, whenMore } from "./parts.ts";
import { Pacer } from "./pacer.ts";
import { LARGE, Painter } from "./painter.ts";
import { Player } from "./player.ts";
import { buildShell } from "./shell.ts";
import { freshUi } from "./views/scene.ts";
import type { Arrow, Jump, Pane, Scene, Ui } from "./views/scene.ts";
import { ALWAYS, TABS } from "./views/tabs.ts";
import { watchTheme, watchWidth } from "./watch.ts";
import { World } from "./world.ts";

const NARROW_PX = 560;

/** Fill `el` with the view of the run at the other end of the link. */
export function mount(el: HTMLElement, link: Link): () => void {
  const view = new RunView(el, link);
  return () => view.unmount();
}

let mounted = 0;

export class RunView {
  readonly world: World;
  private readonly clock = new Clock(() => performance.now());
  private readonly regions;
  private readonly painter: Painter;
  private readonly pacer: Pacer;
  private readonly connection: Connection | null = null;
  private readonly uid = `${(mounted += 1)}${Math.random().toString(36).slice(2, 8)}`;
  private readonly ends: (() => void)[] = [];
  private selected: string | null = null;
  private width = 0;
  private ui: Ui = freshUi();
  private readonly player = new Player(() => performance.now());

  constructor(
    el: HTMLElement,
    link: Link,
    /** goes to the line of a task, where there is a notebook beside */
    private readonly goTo: Jump | null = null,
  ) {
    this.regions = buildShell(el);
    const { root } = this.regions;
    // Until the run is known, a picture that was kept may stand in our place.
    root.setAttribute("data-nobody", "");
    this.world = new World(getComputedStyle(root).fontFamily || "sans-serif");
    this.painter = new Painter(this.regions);
    this.pacer = new Pacer((isFull) => this.paint(isFull), () => this.isMoving() || this.player.isPlaying);
    this.ends.push(watchWidth(root, (width) => this.resize(width)), watchTheme(root, () => this.pacer.request()), this.watchPerson());
    this.ends.push(whenMore((parts) => {
      parts.ensureMoreStyle(root);
      const stage = { scene: () => this.scene(), redraw: () => this.pacer.request() };
      this.ends.push(parts.listenToTimeline(root, stage));
      this.pacer.request();
    }));
    this.connection = new Connection(link, this.world.store, pageTimers, (m) => this.receive(m));
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
      this.regions.root.removeAttribute("data-nobody");
      setTimeout(more, 0); // after the first picture
      if (this.world.take(message.type === "snapshot")) this.forget();
      else if (this.world.store.tasks.size > LARGE) this.pacer.yieldFrame();
    }
    this.pacer.request();
  }

  /** Another run: what a person had chosen in the one before means nothing here. */
  private forget(): void {
    this.selected = null;
    this.ui = freshUi();
    this.player.follow();
  }

  private isMoving(): boolean {
    const { store } = this.world;
    return store.isKnown && store.live && !this.isSilent() && (isUnfinished(store) || this.clock.liveEdge() < lastChange(store));
  }

  /** Nobody answers; false while the connection is being made. */
  private isSilent(): boolean {
    return this.connection?.isSilent ?? false;
  }

  private scene(): Scene {
    const { selected, uid, width, ui } = this;
    const { store, graph, groups, layers, measure, pillWidth } = this.world;
    const isMoving = this.isMoving();
    const start = store.run.id === -1 ? 0 : store.run.start_s;
    const head = Math.max(start, isMoving ? this.clock.liveEdge() : this.world.restS());
    const t = this.player.moment(head);
    const isNarrow = width < NARROW_PX;
    const { isFollowing, isPlaying, speed } = this.player;
    return { store, graph, groups, layers, selected, measure, uid, width, pillWidth, ui, isNarrow, isMoving, start, t, head, isScrubbed: !isFollowing, isPlaying, speed, commands: this.connection?.commands ?? null, goTo: this.goTo };
  }

  private paint(isFull: boolean): boolean {
    if (this.width === 0) return false;
    return this.painter.paint(this.scene(), { isFull, isSilent: this.isSilent() });
  }

  private resize(width: number): void {
    this.width = width;
    this.regions.root.toggleAttribute("data-narrow", width < NARROW_PX);
    this.pacer.request();
  }

  private watchPerson(): () => void {
    return listen(this.regions.root, {
      select: (key) => this.select(key),
      step: (pane, arrow) => this.step(pane, arrow),
      open: (key) => {
        this.painter.isOpen = key !== this.selected || !this.painter.isOpen;
        this.select(key);
      },
      act: (action, button) => {
        this.painter.act(action, button);
        more()?.act(action, button, this.scene(), this.player);
        this.paint(true);
        this.pacer.request();
      },
      scrub: (share) => this.scrub(share),
      hover: (key, x, y) => this.painter.hover(this.scene(), key, x, y),
      hit: (pane, x, y) => paneOf(pane)?.hit?.(this.painter.besides(this.scene()), x, y) ?? null,
    });
  }

  /** Show the moment at this share of the run. */
  private scrub(share: number): void {
    const { start, head } = this.scene();
    this.player.seek(start + share * (head - start), start, head);
    this.pacer.request();
  }

  give(command: string): void {
    this.connection?.commands.give(command);
  }

  selectedTask(): TaskRow | null {
    return taskOfKey(this.world.store, this.selected);
  }

  select(key: string | null): void {
    this.selected = key;
    if (key === null) this.painter.isOpen = false;
    if (this.paint(true)) this.pacer.request();
  }

  private step(paneId: string, arrow: Arrow): void {
    const key = paneOf(paneId)?.step?.(this.scene(), this.selected, arrow) ?? null;
    if (key === null) return;
    this.select(key);
    this.painter.focus(paneId, key);
  }
}

function paneOf(id: string): Pane | undefined {
  return [...TABS.flatMap((tab) => tab.panes), ...ALWAYS].find((pane) => pane.id === id);
}
