// The course home: a tab with the lessons, what is solved of each, and where to go on.

import { h, patch } from "../draw/dom.ts";
import type { VNode } from "../draw/dom.ts";
import { duration, lessonStates, timeLeft, wayOn } from "./home_model.ts";
import type { Contents, LessonState, Progress, Way } from "./home_model.ts";
import type { LabApplication, LuminoWidget, Shared } from "./types.ts";

const ID = "rayteach-home";
const CONTENTS = "course.json";
const PROGRESS = "progress.json";

const STYLE = `
.rth { overflow: auto; outline: none; padding: 24px 32px 48px; color: var(--jp-ui-font-color1); background: var(--jp-layout-color1);
  font-family: var(--jp-ui-font-family); font-size: 14px; line-height: 1.5; }
.rth-in { max-width: 760px; margin: 0 auto; }
.rth h1 { font-size: 24px; font-weight: 600; margin: 0 0 4px; }
.rth p { margin: 0 0 16px; color: var(--jp-ui-font-color1); }
.rth button { font: inherit; cursor: pointer; text-align: left; color: inherit; }
.rth-go { padding: 10px 18px; margin: 0 0 24px; border: 0; border-radius: 6px; font-weight: 600;
  background: #1763a6; }
.rth .rth-go { color: #fff; }
.rth ol { list-style: none; margin: 0; padding: 0; }
.rth li { border-top: 1px solid var(--jp-border-color2); }
.rth-lesson { display: grid; grid-template-columns: 24px 1fr 110px 64px; gap: 12px; align-items: center; width: 100%;
  padding: 11px 8px; border: 0; background: none; }
.rth-lesson:hover { background: var(--jp-layout-color2); }
.rth button:focus-visible { outline: 2px solid var(--jp-brand-color1, #1763a6); outline-offset: 2px; }
.rth-next .rth-title { font-weight: 600; }
.rth-mark { text-align: center; }
.rth-small { color: var(--jp-ui-font-color1); font-variant-numeric: tabular-nums; text-align: right; }
.rth-share { display: flex; gap: 4px; justify-content: flex-end; }
.rth-dot { width: 10px; height: 10px; border-radius: 50%; border: 1.5px solid #1763a6; box-sizing: border-box; }
.rth-solved { background: #1763a6; }
[data-jp-theme-light="false"] .rth-dot { border-color: #7fb6ea; }
[data-jp-theme-light="false"] .rth-solved { background: #7fb6ea; }
`;

/** Reads JSON files in the server's root; null for each that is not there. */
async function read(app: LabApplication, ...names: string[]): Promise<unknown[]> {
  const { contents } = app.serviceManager;
  try {
    // Asking for a file that is not there would be an error on the learner's console.
    const root = (await contents.get("", { content: true })) as { content: { name: string }[] };
    const present = new Set(root.content.map(({ name }) => name));
    return await Promise.all(names.map(async (name) => {
      if (!present.has(name)) return null;
      const file = await contents.get(name, { content: true, type: "file", format: "text" });
      return JSON.parse((file as { content: string }).content) as unknown;
    }));
  } catch {
    // Replaced at this moment, or broken: the next look finds it.
    return names.map(() => null);
  }
}

/** The tab of the course home; there is never more than one. */
export class Home {
  readonly #app: LabApplication;
  readonly #shared: Shared;
  #tab: LuminoWidget | null = null;

  constructor(app: LabApplication, shared: Shared) {
    this.#app = app;
    this.#shared = shared;
  }

  /** Opens the tab, or brings it to the front; false if there is no course here. */
  async open(): Promise<boolean> {
    const { shell } = this.#app;
    const [contents] = await read(this.#app, CONTENTS);
    if (!contents || shell === undefined) return false;
    if (this.#tab === null || this.#tab.isDisposed) this.#tab = this.#newTab();
    // A closed tab is only taken out of the page.
    if (!this.#tab.isAttached) shell.add(this.#tab, "main");
    shell.activateById(ID);
    await this.#refresh();
    return true;
  }

  #newTab(): LuminoWidget {
    const node = document.createElement("div");
    const tab = this.#shared.newWidget(node);
    tab.id = ID;
    tab.addClass("rth");
    node.tabIndex = -1; // it takes the focus when its tab is chosen, as documents do
    tab.onActivateRequest = () => node.focus();
    // Kernels write progress behind our back: look whenever somebody may look here.
    tab.onAfterShow = () => void this.#refresh();
    node.onpointerenter = () => void this.#refresh();
    if (tab.title) Object.assign(tab.title, { label: "Course", caption: "Lessons and progress", closable: true });
    return tab;
  }

  async #refresh(): Promise<void> {
    const [contents, progress] = await read(this.#app, CONTENTS, PROGRESS);
    if (!contents || this.#tab === null) return;
    const go = (path: string): void => void this.#app.commands.execute("docmanager:open", { path });
    draw(this.#tab.node, contents as Contents, (progress ?? {}) as Progress, go);
  }
}

/** Draws the home into a node; `go` opens a notebook. */
export function draw(node: HTMLElement, contents: Contents, progress: Progress, go: (path: string) => void): void {
  const states = lessonStates(contents, progress);
  const way = wayOn(contents, progress);
  const solved = states.reduce((sum, one) => sum + one.solved, 0);
  const total = states.reduce((sum, one) => sum + one.total, 0);
  const said = [`${solved} of ${total} exercises solved`, timeLeft(states)].filter(Boolean).join(", ");
  patch(node, [
    h("style", { key: "style" }, STYLE),
    h("div", { key: "in", class: "rth-in" },
      h("h1", {}, "The course"),
      h("p", { role: "status" }, `${said}.`),
      way === null ? h("p", { key: "end" }, "All exercises are solved.") : wayButton(way),
      h("ol", { key: "list", "aria-label": "Lessons" }, states.map((one) => row(one, way))),
    ),
  ]);
  node.onclick = (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-path]");
    if (button?.dataset["path"]) go(button.dataset["path"]);
  };
}

function wayButton({ label, lesson, exercise }: Way): VNode {
  const where = exercise === "" ? lesson.title : `${lesson.title}, exercise ${exercise}`;
  return h("button", { key: "go", class: "rth-go", "data-path": lesson.path }, `${label}: ${where}`);
}

function row({ lesson, solved, total, state }: LessonState, way: Way | null): VNode {
  const isNext = way?.lesson.name === lesson.name;
  const share = total === 0 ? "no exercise" : `${solved} of ${total} exercises solved`;
  const words = `${lesson.title}, ${share}, ${lesson.minutes} minutes${isNext ? ", next" : ""}`;
  const dots = lesson.exercises.map((one, place) =>
    h("span", { key: one.name, class: place < solved ? "rth-dot rth-solved" : "rth-dot" }));
  const mark = state === "done" ? "✓" : isNext ? "▸" : "";
  return h("li", { key: lesson.name, class: isNext ? "rth-next" : "" },
    h("button", { class: "rth-lesson", "data-path": lesson.path, "aria-label": words, title: share },
      h("span", { class: "rth-mark" }, mark),
      h("span", { class: "rth-title" }, lesson.title),
      h("span", { class: "rth-share" }, dots),
      h("span", { class: "rth-small" }, duration(lesson.minutes))));
}
