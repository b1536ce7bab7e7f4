// The little of JupyterLab's and Lumino's types that the plugin uses. Written by hand:
// the real packages would bring hundreds of megabytes for a few names.

export type Slot<S, A> = (sender: S, args: A) => void;

export interface Signal<S, A> {
  connect(slot: Slot<S, A>): boolean;
  disconnect(slot: Slot<S, A>): boolean;
}

export interface Comm {
  onMsg: (message: { content: { data: unknown } }) => void;
  onClose: (message: unknown) => void;
  readonly isDisposed: boolean;
  open(): unknown;
  send(data: unknown): unknown;
  close(): unknown;
}

export type CommTarget = (comm: Comm, message: unknown) => void;

export interface Kernel {
  requestExecute(content: Record<string, unknown>): unknown;
  readonly info: Promise<{ language_info: { name: string } }>;
  readonly isDisposed: boolean;
  createComm(target: string): Comm;
  registerCommTarget(target: string, callback: CommTarget): void;
  removeCommTarget(target: string, callback: CommTarget): void;
}

export interface SessionContext {
  readonly session: { readonly kernel: Kernel | null } | null;
  readonly kernelChanged: Signal<SessionContext, unknown>;
  readonly statusChanged: Signal<SessionContext, string>;
}

export interface CellWidget {
  readonly node: HTMLElement;
  readonly model: { readonly id: string; readonly executionCount?: number | null };
  readonly editor: { setCursorPosition(place: { line: number; column: number }): void; focus(): void } | null;
}

export interface NotebookPanel {
  readonly node: HTMLElement;
  readonly sessionContext: SessionContext;
  readonly context: { readonly path: string };
  readonly content: { readonly widgets: readonly CellWidget[]; activeCellIndex: number; readonly rendermime: RenderMime };
}

export interface MimeModel {
  readonly data: Readonly<Record<string, unknown>>;
}

export interface MimeRenderer extends LuminoWidget {
  renderModel(model: MimeModel): Promise<void>;
  dispose(): void;
}

/** What draws the outputs of one notebook, by type. */
export interface RenderMime {
  addFactory(factory: { safe: boolean; mimeTypes: readonly string[]; createRenderer(): LuminoWidget }, rank: number): void;
  getFactory(type: string): unknown;
  createRenderer(type: string): MimeRenderer;
}

export interface NotebookTracker {
  readonly currentWidget: NotebookPanel | null;
  readonly currentChanged: Signal<NotebookTracker, unknown>;
  readonly widgetAdded: Signal<NotebookTracker, NotebookPanel>;
  forEach(action: (panel: NotebookPanel) => void): void;
}

export interface LuminoWidget {
  id: string;
  readonly node: HTMLElement;
  /** of its tab, where it has one */
  readonly title?: { label: string; caption: string; closable: boolean; icon?: unknown };
  readonly isDisposed?: boolean;
  readonly isAttached?: boolean;
  /** what Lumino calls when the tab is chosen, and when the widget comes into sight */
  onActivateRequest?: () => void;
  onAfterShow?: () => void;
  addClass(name: string): void;
  show(): void;
  hide(): void;
}

export interface LuminoPanel extends LuminoWidget {
  readonly disposed: Signal<unknown, unknown>;
  addWidget(widget: LuminoWidget): void;
  renderModel?: (model: MimeModel) => Promise<void>;
}

export interface CommandRegistry {
  addCommand(id: string, options: Record<string, unknown>): unknown;
  execute(id: string, args?: Record<string, unknown>): Promise<unknown>;
}

export interface Shell {
  add(widget: LuminoWidget, area: string, options?: { rank: number }): void;
  activateById(id: string): void;
}

export interface LabApplication {
  readonly commands: CommandRegistry;
  readonly serviceManager: {
    readonly contents: {
      get(path: string, options: { content: boolean; type?: string; format?: string }): Promise<unknown>;
    };
  };
  readonly restored?: Promise<unknown>;
  readonly shell?: Shell;
}

export interface Launcher {
  add(item: { command: string; category: string; rank?: number }): unknown;
}

export interface CommandPalette {
  addItem(item: { command: string; category: string }): unknown;
}

export interface LayoutRestorer {
  add(widget: LuminoWidget, name: string): void;
}

export interface StatusBar {
  registerStatusItem(id: string, item: { item: LuminoWidget; align: string; rank: number }): unknown;
}

/** What the plugin takes out of JupyterLab's share scope. */
export interface Shared {
  tokens: { launcher: unknown; palette: unknown; statusBar: unknown; tracker: unknown; restorer: unknown; settings: unknown };
  newWidget(node: HTMLElement): LuminoWidget;
  newPanel(): LuminoPanel;
  newIcon(name: string, svgstr: string): unknown;
  pageOption(name: string): string;
  /** A dialog with one sentence and a button that closes it. */
  tell(title: string, body: string): Promise<unknown>;
}

export interface Plugin {
  id: string;
  description: string;
  autoStart: boolean;
  optional: unknown[];
  activate(app: LabApplication, ...services: unknown[]): void;
}
