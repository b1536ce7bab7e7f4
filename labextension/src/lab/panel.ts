// The side panel: the session of the active notebook's kernel, all its cells together.

import { h, patch } from "../draw/dom.ts";
import { icon } from "../draw/glyphs.ts";
import { ensureStyle } from "../draw/style.ts";
import { taskKey } from "../model/graph.ts";
import { RunView } from "../view.ts";
import { Badges, goTo, inWords, tallies, tallyMarks } from "./cells.ts";
import { SessionLine } from "./session.ts";
import type { Cells } from "./session.ts";
import { OFF } from "./settings.ts";
import type { Settings } from "./settings.ts";
import { ensureLabStyle } from "./style.ts";
import type { FeedState } from "./status.ts";
import type { Kernel, NotebookPanel } from "./types.ts";

const CALM_MS = 200;

const WORDS = {
  hidden: ["No notebook is open.", "Open one with a Python kernel: its tasks stand here, cell by cell."],
  absent: ["This kernel has not loaded rayteach.", "Run this in a cell, or press the button:"],
  idle: ["rayteach is loaded; no session is open yet.", "The first remote call opens one, and so does:"],
} as const;

export class SidePanel {
  readonly node = document.createElement("div");
  private readonly head: HTMLElement;
  private readonly place: HTMLElement;
  private view: RunView | null = null;
  private line: SessionLine | null = null;
  private kernel: Kernel | null = null;
  private notebook: NotebookPanel | null = null;
  private cells: Cells = {};
  private state: FeedState = "hidden";
  private settings: Settings = OFF;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly badges: Badges;

  /** `reveal` brings the panel to the front. */
  constructor(private readonly reveal: () => void) {
    this.node.className = "rt-panel";
    this.head = this.node.appendChild(document.createElement("div"));
    this.head.className = "rt rt-panel-head";
    this.place = this.node.appendChild(document.createElement("div"));
    this.badges = new Badges(({ first }) => {
      reveal();
      this.view?.select(taskKey(first));
    });
    this.node.addEventListener("click", (event) => this.clicked(event.target));
    ensureStyle(document.body);
    ensureLabStyle(document);
    this.draw();
  }

  /** The notebook that is active now, or none. */
  follow(notebook: NotebookPanel | null): void {
    if (notebook === this.notebook) return;
    this.leave();
    this.notebook = notebook;
    this.draw();
  }

  /** What the status line of the kernel says. */
  hear(state: FeedState, kernel: Kernel | null): void {
    const isOpen = typeof state === "object" && state.session;
    this.state = state;
    if (kernel !== this.kernel || !isOpen) this.leave();
    this.kernel = kernel;
    if (isOpen && kernel !== null && this.line === null) this.join(kernel);
    this.draw();
  }

  use(settings: Settings): void {
    this.settings = settings;
    this.tellSettings();
    if (settings.theme === "auto") this.node.removeAttribute("data-rt-theme");
    else this.node.setAttribute("data-rt-theme", settings.theme);
    this.draw();
  }

  /** Give a command of the session: pause, step, resume. */
  give(command: string): void {
    this.view?.give(command);
  }

  /** Go from the selected task to its line; false if nothing is selected. */
  goToSelected(): boolean {
    const task = this.view?.selectedTask() ?? null;
    return task !== null && this.goTo(task);
  }

  private join(kernel: Kernel): void {
    const line = new SessionLine(kernel, {
      onCells: (cells) => {
        this.cells = cells;
      },
      onRows: () => this.calmly(),
      onClose: () => {
        // Another session has opened, or this one is over: the next status says which.
        if (this.line === line) this.leave();
      },
    });
    this.line = line;
    this.tellSettings();
    this.view = new RunView(this.place, line.link, (task) => void this.goTo(task));
  }

  private leave(): void {
    const { view, line } = this;
    this.view = null;
    this.line = null; // first: closing the comm calls us again
    view?.unmount();
    line?.close();
    this.cells = {};
    this.badges.clear();
  }

  private tellSettings(): void {
    this.line?.send({ type: "settings", auto: this.settings.auto, rate: this.settings.rate });
  }

  private goTo(task: { cell: string; line: number }): boolean {
    return this.notebook !== null && goTo(this.notebook, this.cells, task);
  }

  private calmly(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.draw();
    }, CALM_MS);
  }

  private draw(): void {
    const { state, notebook, view } = this;
    const name = notebook === null ? "" : (notebook.context.path.split("/").at(-1) ?? "");
    const why = notebook === null || state === "hidden" ? "hidden" : state === "absent" ? "absent" : state.session ? null : "idle";
    if (why !== null) {
      patch(this.head, [h("b", { key: "name" }, name), ...this.emptyWords(why)]);
      return;
    }
    const all = view === null ? [] : tallies(view.world.store, Infinity);
    patch(this.head, [
      h("b", { key: "name" }, name),
      h("div", { key: "cells", class: "rt-cells", role: "list", "aria-label": "Cells with tasks" }, all.map((tally) =>
        h("div", { key: tally.label, role: "listitem" },
          h("button", { key: "go", type: "button", "data-cell": tally.label, "data-first": tally.first, "aria-label": `cell ${tally.label}: ${inWords(tally)}` },
            h("span", { key: "label", class: "rt-src" }, tally.label), h("span", { key: "tally", class: "rt-in" }, tallyMarks(tally)))))),
    ]);
    if (notebook !== null && this.settings.badges) this.badges.draw(notebook, this.cells, all);
    else this.badges.clear();
  }

  private emptyWords(why: keyof typeof WORDS): ReturnType<typeof h>[] {
    const [what, next] = WORDS[why];
    const code = why === "absent" ? "%load_ext rayteach" : "rayteach.init()";
    return [
      h("div", { key: why, class: "rt-empty", role: "status" }, `${what} ${next}`, why !== "hidden" && h("code", { key: "code" }, code)),
      ...(why === "absent" ? [h("button", { key: "load", type: "button", class: "rt-tool", "data-load": true }, icon("queued"), "Load rayteach in this kernel")] : []),
    ];
  }

  private clicked(target: EventTarget | null): void {
    if (!(target instanceof Element)) return;
    if (target.closest("[data-load]") !== null) this.load();
    const go = target.closest("[data-cell]");
    if (go === null) return;
    this.view?.select(taskKey(Number(go.getAttribute("data-first"))));
    this.goTo({ cell: go.getAttribute("data-cell") ?? "", line: 0 });
  }

  /** Load the extension for a person who has not. */
  load(): void {
    const kernel = this.notebook?.sessionContext.session?.kernel ?? null;
    kernel?.requestExecute({ code: "%load_ext rayteach", store_history: false });
    this.reveal();
  }
}
