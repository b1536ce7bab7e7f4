// Opens the first lesson, wherever the server's root lies.

import type { LabApplication, Shared } from "./types.ts";

const LESSON = "01_first_remote_function.ipynb";
/** Page option by which `rayteach lab` may name the lesson. */
const OPTION = "rayteachTutorial";

const FOLDERS = ["tutorial", "notebooks/tutorial", "rayteach/notebooks/tutorial"];

export async function openTutorial(app: LabApplication, shared: Shared): Promise<void> {
  const named = shared.pageOption(OPTION);
  const paths = [...(named === "" ? [] : [named]), ...FOLDERS.map((folder) => `${folder}/${LESSON}`)];
  for (const path of paths) {
    if (await isThere(app, path)) {
      await app.commands.execute("docmanager:open", { path });
      return;
    }
  }
  await shared.tell(
    "The tutorial is not here",
    "The first lesson is not below the folder that Jupyter was started in. Run `rayteach lab` in a terminal: it opens Jupyter on the lessons.",
  );
}

async function isThere(app: LabApplication, path: string): Promise<boolean> {
  try {
    await app.serviceManager.contents.get(path, { content: false });
    return true;
  } catch {
    // The contents service tells "no such file" only by an error.
    return false;
  }
}
