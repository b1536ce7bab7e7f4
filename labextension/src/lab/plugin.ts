// The JupyterLab plugin: side panel, course home with its launcher card, commands, CPUs in the status bar.

import { PanelFeed } from "./feed.ts";
import { Home } from "./home.ts";
import { ICON } from "./icon.ts";
import { drawOutputs } from "./output.ts";
import { SidePanel } from "./panel.ts";
import { watchSettings } from "./settings.ts";
import type { SettingRegistry } from "./settings.ts";
import { drawStatus } from "./status.ts";
import { openTutorial } from "./tutorial.ts";
import type {
  CommandPalette, LabApplication, Launcher, LayoutRestorer, LuminoWidget, NotebookTracker, Plugin, Shared, StatusBar,
} from "./types.ts";

const CommandIDs = {
  openCourse: "rayteach:open-course",
  openPanel: "rayteach:open-panel",
  goToLine: "rayteach:go-to-line",
  load: "rayteach:load",
  pause: "rayteach:pause",
  step: "rayteach:step",
  resume: "rayteach:resume",
} as const;

const PLUGIN = "rayteach:plugin";
const PANEL = "rayteach-panel";
const CATEGORY = "rayteach";

export function makePlugin(shared: Shared): Plugin {
  const { tokens } = shared;
  // A token that this application does not have cannot be asked for.
  const optional: unknown[] = Object.values(tokens).filter((token) => token !== undefined);
  return {
    id: PLUGIN,
    description: "The side panel of all tasks of a notebook, the course home, and the CPUs in use.",
    autoStart: true,
    optional,
    activate(app, ...services) {
      const given = <T extends object>(token: unknown): T | null =>
        (services[optional.indexOf(token)] as T | null | undefined) ?? null;
      const palette = given<CommandPalette>(tokens.palette);
      addCourse(app, shared, given<Launcher>(tokens.launcher), palette);
      const tracker = given<NotebookTracker>(tokens.tracker);
      if (tracker === null) return;
      tracker.forEach((notebook) => drawOutputs(notebook, shared.newPanel));
      tracker.widgetAdded.connect((_, notebook) => drawOutputs(notebook, shared.newPanel));
      const panel = addPanel(app, shared, given<LayoutRestorer>(tokens.restorer), palette);
      const status = addStatus(shared, given<StatusBar>(tokens.statusBar));
      followNotebooks(tracker, panel, status);
      const registry = given<SettingRegistry>(tokens.settings);
      if (registry !== null) void watchSettings(registry, PLUGIN, (settings) => panel.use(settings)).catch(() => undefined);
    },
  };
}

function addCourse(
  app: LabApplication,
  shared: Shared,
  launcher: Launcher | null,
  palette: CommandPalette | null,
): void {
  const command = CommandIDs.openCourse;
  const home = new Home(app, shared);
  app.commands.addCommand(command, {
    label: "rayteach course",
    caption: "Lessons, what you have solved, and where to go on",
    icon: shared.newIcon("rayteach:icon", ICON),
    execute: async () => {
      // Without a course below the server's root at least the lesson may be somewhere.
      if (!(await home.open())) await openTutorial(app, shared);
    },
  });
  launcher?.add({ command, category: CATEGORY, rank: 0 });
  palette?.addItem({ command, category: CATEGORY });
  // Unless the address names a file, a server with a course begins with it. Only
  // JupyterLab has a launcher, and room for a tab beside others.
  const isAsked = shared.pageOption("treePath") !== "";
  if (launcher !== null && !isAsked) void app.restored?.then(() => home.open());
}

/** The panel at the right, and what one can ask of it. */
function addPanel(app: LabApplication, shared: Shared, restorer: LayoutRestorer | null, palette: CommandPalette | null): SidePanel {
  const reveal = (): void => void app.shell?.activateById(PANEL);
  const panel = new SidePanel(reveal);
  const widget = shared.newWidget(panel.node);
  widget.id = PANEL;
  const icon = shared.newIcon("rayteach:panel", ICON);
  if (widget.title) Object.assign(widget.title, { caption: "rayteach: the tasks of this notebook", icon });
  app.shell?.add(widget, "right", { rank: 900 });
  restorer?.add(widget, PANEL);
  const add = (command: string, label: string, execute: () => unknown): void => {
    app.commands.addCommand(command, { label, execute });
    palette?.addItem({ command, category: CATEGORY });
  };
  add(CommandIDs.openPanel, "Show the tasks of this notebook", reveal);
  add(CommandIDs.goToLine, "Go to the line of the selected task", () => panel.goToSelected());
  add(CommandIDs.load, "Load rayteach in this kernel", () => panel.load());
  add(CommandIDs.pause, "Pause: nothing new starts", () => panel.give("pause"));
  add(CommandIDs.step, "Step: let one start through", () => panel.give("step"));
  add(CommandIDs.resume, "Resume: everything starts as usual", () => panel.give("resume"));
  return panel;
}

function addStatus(shared: Shared, bar: StatusBar | null): LuminoWidget | null {
  if (bar === null) return null;
  const item = shared.newWidget(document.createElement("span"));
  item.id = "rayteach-status";
  item.addClass("jp-StatusBar-TextItem");
  bar.registerStatusItem("rayteach:status", { item, align: "left", rank: 90 });
  return item;
}

function followNotebooks(tracker: NotebookTracker, panel: SidePanel, status: LuminoWidget | null): void {
  const feed = new PanelFeed((state, kernel) => {
    if (status !== null) drawStatus(status, state);
    panel.hear(state, kernel);
  });
  const follow = (): void => {
    panel.follow(tracker.currentWidget);
    feed.follow(tracker.currentWidget?.sessionContext ?? null);
  };
  tracker.currentChanged.connect(follow);
  follow();
}
