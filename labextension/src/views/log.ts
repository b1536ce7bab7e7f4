// What tasks printed after their cell had ended: its output is closed, so it stands here.

import { h } from "../draw/dom.ts";
import type { Child } from "../draw/dom.ts";
import { grouped } from "../draw/marks.ts";
import type { Scene } from "./scene.ts";

/** Lines on the page; the kernel keeps more, the tasks' own logs all. */
const SHOWN = 500;

export function drawLog({ store }: Scene): Child[] {
  const { lines, missed } = store.late;
  if (lines.length === 0) return [];
  const shown = lines.slice(-SHOWN);
  const hidden = missed + lines.length - shown.length;
  return [
    h("div", { key: "title", class: "rt-note" }, `Printed after the cell had ended${hidden > 0 ? `; ${grouped(hidden)} earlier lines stand in the tasks’ logs (%rayteach log)` : ""}:`),
    h("div", { key: "lines", class: "rt-log rt-scroll", tabindex: 0, role: "log", "aria-label": "Printed after the cell had ended" },
      shown.map(([label, stream, line], i) =>
        h("div", { key: missed + lines.length - shown.length + i, class: stream === "stderr" ? "rt-bad" : null },
          h("span", { key: "who", class: "rt-who" }, label), h("span", { key: "line" }, line)))),
  ];
}
