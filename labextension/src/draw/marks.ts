// Short names for the marks that every picture has.

import type { Measure } from "../layout/labels.ts";
import { h } from "./dom.ts";
import type { Attributes, Child, VNode } from "./dom.ts";

/** A text; `look` are its classes without prefix, e.g. "s i3" for small and pale. */
export function text(x: number, y: number, words: string, look = "", more: Attributes = {}): VNode {
  const classes = look.split(" ").filter(Boolean).map((name) => `rt-${name}`).join(" ");
  return h("text", { x, y, class: classes === "" ? null : classes, ...more }, words);
}

/** A horizontal rule. */
export function across(x1: number, x2: number, y: number, look = "rule", more: Attributes = {}): VNode {
  return h("line", { class: `rt-${look}`, x1, x2, y1: y, y2: y, ...more });
}

/** What makes a mark of one key selectable by pointer and keyboard. */
export function selectable(key: string, selected: string | null, isEntry: boolean, spoken: string): Attributes {
  return {
    "data-key": key, tabindex: isEntry ? 0 : -1, role: "button",
    "aria-pressed": String(key === selected), "aria-label": spoken,
  };
}

/** A ring around a selected or focused mark. */
export function ring(x: number, y: number, width: number, height: number): VNode {
  return h("rect", { key: "ring", class: "rt-ring", x, y, width, height, rx: 3 });
}

/** A list in code, cut after whole items: "[a, b, … 7 more]". */
export function codeList(items: readonly string[], room: number, px: number, measure: Measure): string {
  const whole = `[${items.join(", ")}]`;
  if (measure(whole, px) <= room) return whole;
  for (let shown = items.length - 1; shown > 0; shown -= 1) {
    const text = `[${items.slice(0, shown).join(", ")}, … ${items.length - shown} more]`;
    if (measure(text, px) <= room) return text;
  }
  return `[… ${items.length}]`;
}

/** A rectangle; `look` are its classes without prefix, `rx` the radius of its corners. */
export function box(key: string, look: string, x: number, y: number, width: number, height: number, rx?: number): VNode {
  const classes = look.split(" ").filter(Boolean).map((name) => `rt-${name}`).join(" ");
  return h("rect", { key, class: classes, x, y, width, height, rx });
}

/** A picture of its own size, named for screen readers. */
export function picture(name: string, width: number, height: number, more: Attributes, ...children: (Child | Child[])[]): VNode {
  return h("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": name, ...more }, ...children);
}

/** A number for people: "5,000". */
export const grouped = (n: number): string => (n < 1000 ? String(n) : ENGLISH.format(n));

const ENGLISH = new Intl.NumberFormat("en");

/** What stands where nothing is to be seen yet: words, and a line of code that changes it. */
export function emptyState(words: string, code: string): VNode {
  return h("div", { key: "none", class: "rt-empty" }, words, h("code", { key: "code" }, code));
}

/** A word on what found no room in a picture, null if everything did. */
export function leftOut(count: number, what: string): VNode | null {
  return count <= 0 ? null : h("div", { key: "more", class: "rt-note" }, `${grouped(count)} more ${what} are not drawn; the table has them.`);
}
