// The JupyterLab plugin: the course home with its launcher card, and the CPUs in the status bar.

import { PanelFeed } from "./feed.ts";
import { Home } from "./home.ts";
import { ICON } from "./icon.ts";
import { drawStatus } from "./status.ts";
import { openTutorial } from "./tutorial.ts";
import type {
  CommandPalette, LabApplication, Launcher, NotebookTracker, Plugin, Shared, StatusBar,
} from "./types.ts";

const CommandIDs = { openCourse: "rayteach:open-course" } as const;

const CATEGORY = "rayteach";

export function makePlugin(shared: Shared): Plugin {
  const { launcher, palette, statusBar, tracker } = shared.tokens;
  // A token that this application does not have cannot be asked for.
  const optional: unknown[] = [launcher, palette, statusBar, tracker].filter((token) => token !== undefined);
  return {
    id: "rayteach:plugin",
    description: "The course home, and the CPUs that rayteach has in use.",
    autoStart: true,
    optional,
    activate(app, ...services) {
      const given = <T extends object>(token: unknown): T | null =>
        (services[optional.indexOf(token)] as T | null | undefined) ?? null;
      addCourse(app, shared, given<Launcher>(launcher), given<CommandPalette>(palette));
      addStatus(shared, given<StatusBar>(statusBar), given<NotebookTracker>(tracker));
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

function addStatus(shared: Shared, bar: StatusBar | null, tracker: NotebookTracker | null): void {
  if (bar === null || tracker === null) return;
  const node = document.createElement("span");
  const item = shared.newWidget(node);
  item.id = "rayteach-status";
  item.addClass("jp-StatusBar-TextItem");
  bar.registerStatusItem("rayteach:status", { item, align: "left", rank: 90 });
  const feed = new PanelFeed((state) => drawStatus(item, state));
  const follow = (): void => feed.follow(tracker.currentWidget?.sessionContext ?? null);
  tracker.currentChanged.connect(follow);
  follow();
}
