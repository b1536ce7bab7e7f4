// The item in the status bar.

import type { Status } from "../model/messages.ts";
import type { LuminoWidget } from "./types.ts";

/** "hidden": no Python notebook; "absent": its kernel has no rayteach. */
export type FeedState = "hidden" | "absent" | Status;

/** (text, tooltip) for the bar. */
export function statusText(state: FeedState): [string, string] {
  if (state === "hidden") return ["", ""];
  if (state === "absent") return ["CPUs –", "rayteach: not loaded in this kernel. Run %load_ext rayteach"];
  if (!state.session) return ["CPUs –", "rayteach: no session. The first remote call or rayteach.init() opens one"];
  const used = `${short(state.cpus_in_use)}/${short(state.num_cpus)}`;
  const waiting = state.tasks_waiting > 0 ? ` · ${state.tasks_waiting.toLocaleString("en")} waiting` : "";
  const running = `${state.tasks_running} ${state.tasks_running === 1 ? "task runs" : "tasks run"}`;
  return [`CPUs ${used}${waiting}`, `rayteach: ${used} CPUs in use, ${running}, ${state.tasks_waiting} waiting`];
}

const short = (x: number): string => String(Math.round(x * 100) / 100);

export function drawStatus(item: LuminoWidget, state: FeedState): void {
  const [text, tip] = statusText(state);
  item.node.textContent = text;
  item.node.title = tip;
  if (text === "") item.hide();
  else item.show();
}
