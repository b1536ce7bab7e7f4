// The output of a cell: its live view, and the kept picture wherever the live one is not.
//
// ipywidgets shows an error where the model of a widget is gone, as in a notebook that is
// opened a day later. Outputs of ours have a type of their own beside the widget's, and this
// draws it: the widget by ipywidgets' own renderer, the picture until that one has a view.

import { h, patch } from "../draw/dom.ts";
import { ensureStyle } from "../draw/style.ts";
import { ensureLabStyle } from "./style.ts";
import type { LuminoPanel, MimeModel, MimeRenderer, NotebookPanel } from "./types.ts";

export const VIEW_MIME = "application/vnd.rayteach.view+json";
export const WIDGET_MIME = "application/vnd.jupyter.widget-view+json";

/** Before ipywidgets' own rank for its type: both stand in one output. */
const RANK = -20;
/** A view that has just been made gets so long before the picture takes its place. */
const PATIENCE_MS = 5000;

/** Draw the outputs of ours in a notebook. */
export function drawOutputs(notebook: NotebookPanel, newPanel: () => LuminoPanel): void {
  notebook.content.rendermime.addFactory(
    { safe: false, mimeTypes: [VIEW_MIME], createRenderer: () => new Output(notebook, newPanel()).panel }, RANK,
  );
}

/** One output. The style sheet shows the picture unless there is a view that knows its run. */
export class Output {
  private readonly still: HTMLElement;
  private readonly note: HTMLElement;
  private model: MimeModel | null = null;
  private inner: MimeRenderer | null = null;
  private factory: unknown = null;
  private readonly look = (): void => void this.retry();

  constructor(
    private readonly notebook: NotebookPanel,
    readonly panel: LuminoPanel,
  ) {
    const page = panel.node.ownerDocument;
    ensureStyle(page.body);
    ensureLabStyle(page);
    panel.addClass("rt-output");
    this.still = panel.node.appendChild(page.createElement("div"));
    this.still.className = "rt-still";
    this.note = panel.node.appendChild(page.createElement("div"));
    this.note.className = "rt rt-still-note";
    this.note.addEventListener("click", () => void this.draw());
    panel.renderModel = (model) => this.renderModel(model);
    const { sessionContext } = notebook;
    sessionContext.statusChanged.connect(this.look);
    sessionContext.kernelChanged.connect(this.look);
    panel.disposed.connect(() => {
      sessionContext.statusChanged.disconnect(this.look);
      sessionContext.kernelChanged.disconnect(this.look);
    });
  }

  /** Called for the first output and for each update of it; a view that is there stays. */
  private async renderModel(model: MimeModel): Promise<void> {
    const before = this.model;
    this.model = model;
    this.keep(model);
    if (this.inner === null || idOf(before) !== idOf(model)) await this.draw();
  }

  /** The picture as the notebook holds it. */
  private keep({ data }: MimeModel): void {
    const html = data["text/html"];
    this.still.innerHTML = Array.isArray(html) ? html.join("") : String(html ?? "");
    const isNew = (data[VIEW_MIME] as { live?: boolean } | undefined)?.live === true && !this.panel.node.hasAttribute("data-waited");
    this.panel.node.toggleAttribute("data-new", isNew);
    if (isNew) setTimeout(() => {
      this.panel.node.setAttribute("data-waited", "");
      this.panel.node.removeAttribute("data-new");
    }, PATIENCE_MS);
    patch(this.note, [
      h("span", { key: "words", role: "status" }, "The picture that was kept: no kernel has this run. Run the cell again to explore it. "),
      h("button", { key: "again", type: "button" }, "look for it again"),
    ]);
  }

  private async draw(): Promise<void> {
    const { model, notebook } = this;
    if (model === null || this.panel.isDisposed === true) return;
    this.inner?.dispose();
    const { rendermime } = notebook.content;
    this.factory = rendermime.getFactory(WIDGET_MIME);
    this.inner = this.factory === undefined ? null : rendermime.createRenderer(WIDGET_MIME);
    if (this.inner === null) return;
    this.panel.addWidget(this.inner);
    await this.inner.renderModel(model);
  }

  /** ipywidgets changes its renderer when it gets a kernel: the one before would wait for ever. */
  private async retry(): Promise<void> {
    const isStale = this.notebook.content.rendermime.getFactory(WIDGET_MIME) !== this.factory;
    if (isStale && this.panel.node.querySelector(".rt-output .rt:not(.rt-still-note)") === null) await this.draw();
  }
}

function idOf(model: MimeModel | null): unknown {
  return (model?.data[WIDGET_MIME] as { model_id?: unknown } | undefined)?.model_id;
}
