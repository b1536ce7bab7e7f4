// Takes modules out of the share scope that JupyterLab hands to every extension.

import type { LuminoPanel, LuminoWidget, Shared } from "./types.ts";

interface Provided {
  get(): Promise<() => unknown> | (() => unknown);
  loaded?: unknown;
}

/** module name -> version -> how to get it */
export type ShareScope = Readonly<Record<string, Readonly<Record<string, Provided>> | undefined>>;

type Module = Readonly<Record<string, unknown>>;

/** The module from the scope, or an empty one where the application does not have it. */
export async function sharedModule(scope: ShareScope, name: string): Promise<Module> {
  const versions = Object.entries(scope[name] ?? {});
  const byVersion = versions.sort(([a], [b]) => b.localeCompare(a, undefined, { numeric: true }));
  const [, chosen] = byVersion.find(([, v]) => Boolean(v.loaded)) ?? byVersion[0] ?? [];
  if (chosen === undefined) return {};
  const factory = await chosen.get();
  return factory() as Module;
}

export async function takeShared(scope: ShareScope): Promise<Shared> {
  const names = [
    "@jupyterlab/launcher", "@jupyterlab/apputils", "@jupyterlab/statusbar", "@jupyterlab/notebook",
    "@jupyterlab/ui-components", "@jupyterlab/coreutils", "@lumino/widgets", "@jupyterlab/application",
    "@jupyterlab/settingregistry",
  ];
  const [launcher, apputils, statusbar, notebook, ui, coreutils, lumino, application, settings] = await Promise.all(
    names.map((name) => sharedModule(scope, name)),
  );
  const Widget = lumino?.["Widget"] as new (options: { node: HTMLElement }) => LuminoWidget;
  const Panel = lumino?.["Panel"] as new () => LuminoPanel;
  const LabIcon = ui?.["LabIcon"] as new (options: { name: string; svgstr: string }) => unknown;
  const PageConfig = coreutils?.["PageConfig"] as { getOption(name: string): string };
  const Dialog = apputils?.["Dialog"] as { okButton(options: { label: string }): unknown };
  const showDialog = apputils?.["showDialog"] as (options: Record<string, unknown>) => Promise<unknown>;
  return {
    tokens: {
      launcher: launcher?.["ILauncher"],
      palette: apputils?.["ICommandPalette"],
      statusBar: statusbar?.["IStatusBar"],
      tracker: notebook?.["INotebookTracker"],
      restorer: application?.["ILayoutRestorer"],
      settings: settings?.["ISettingRegistry"],
    },
    newWidget: (node) => new Widget({ node }),
    newPanel: () => new Panel(),
    newIcon: (name, svgstr) => new LabIcon({ name, svgstr }),
    pageOption: (name) => PageConfig.getOption(name),
    tell: (title, body) => showDialog({ title, body, buttons: [Dialog.okButton({ label: "Close" })] }),
  };
}
