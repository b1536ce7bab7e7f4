// The federation container, by hand: JupyterLab calls `init` with its share scope and then
// `get("./extension")`. This is all that a bundler would add for one module.

import views from "../widget.ts";
import { makePlugin } from "./plugin.ts";
import { takeShared } from "./shared.ts";
import type { ShareScope } from "./shared.ts";
import type { Plugin } from "./types.ts";

/** Of the code of the views; the build writes it in. */
declare const RAYTEACH_VERSION: string;

interface Container {
  init(scope: ShareScope): void;
  get(module: string): Promise<() => { __esModule: true; default: Plugin }>;
}

declare global {
  interface Window {
    _JUPYTERLAB?: Record<string, Container>;
  }
}

let scope: ShareScope = {};

const container: Container = {
  init(given) {
    scope = given;
  },
  async get(module) {
    if (module !== "./extension") throw new Error(`rayteach has no module ${module}`);
    const plugin = makePlugin(await takeShared(scope));
    return () => ({ __esModule: true, default: plugin });
  },
};

// The views of this very version are in the page already: no widget need fetch them.
const page = globalThis as unknown as { rayteachViews?: Record<string, Promise<unknown>> };
(page.rayteachViews ??= {})[RAYTEACH_VERSION] ??= Promise.resolve(views);

window._JUPYTERLAB = { ...window._JUPYTERLAB, rayteach: container };
