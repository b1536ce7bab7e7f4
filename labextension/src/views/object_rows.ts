// One object as a row: name, size, the nodes that hold it, and who needs it.

import { h } from "../draw/dom.ts";
import type { Child, VNode } from "../draw/dom.ts";
import { across, box, grouped, ring, selectable, text } from "../draw/marks.ts";
import { bytes, duration } from "../layout/axis.ts";
import { cut, fit, nameOf } from "../layout/labels.ts";
import { DISK, keptBy } from "../model/objects.ts";
import type { ObjectAt } from "../model/objects.ts";
import type { ObjectRow } from "../model/rows.ts";
import { sizeAndTime, tellTransfer, transferTo } from "../model/transfers.ts";
import type { Transfer } from "../model/transfers.ts";
import type { Scene } from "./scene.ts";

export const ROW = 26;
/** Nodes with a column of their own. */
const MOST_NODES = 4;

export interface Columns {
  nameW: number;
  /** right edge of the size in words */
  sizeX: number;
  /** width of the largest bar, 0 where there is no room */
  barW: number;
  /** node -> the middle of its column; empty with one node */
  nodes: Map<string, number>;
  /** inline or shared in words, null where there is no room */
  where: number | null;
  keptX: number | null;
}

export function columnsFor({ store, width, isNarrow }: Scene): Columns {
  const nameW = isNarrow ? 100 : 170;
  const sizeX = nameW + 60;
  const barW = isNarrow ? 0 : 90;
  const from = sizeX + (barW > 0 ? barW + 24 : 14);
  const ids = store.nodes.size > 1 && store.nodes.size <= MOST_NODES ? [...store.nodes.keys()] : [];
  const keptW = isNarrow ? 0 : Math.min(220, width * 0.24);
  const span = width - from - keptW - 10;
  const step = ids.length > 1 ? (span - 70) / (ids.length - 1) : 0;
  const nodes = new Map(ids.map((id, i) => [id, from + 35 + i * step]));
  const where = ids.length > 0 ? null : from;
  return { nameW, sizeX, barW, nodes, where, keptX: isNarrow ? null : width - keptW };
}

export function objectRow(scene: Scene, c: Columns, at: ObjectAt, y: number, largest: number, isEntry: boolean): VNode {
  const { row } = at;
  const m = y + ROW / 2;
  const size = row.size_bytes;
  const label = fit([row.label, nameOf(row.label)], c.nameW - 22, 12, scene.measure) || cut(nameOf(row.label), c.nameW - 22, 12, scene.measure);
  const isSelected = at.key === scene.selected;
  const spoken = `${row.label}, made by ${at.madeBy}, ${sizeWords(size)}, ${whereOf(scene, at)}, held by ${keptBy(scene.store, at, scene.t)}`;
  return h("g", { key: row.id, class: `rt-row${isSelected ? " rt-sel" : ""}${at.isFreed ? " rt-freed" : ""}`, ...selectable(at.key, scene.selected, isEntry, spoken) },
    across(0, scene.width, y, "rule", { key: "rule" }),
    ring(-1.5, y + 3, Math.min(c.nameW, scene.measure(label, 12, true) + 26), 20),
    box("mark", `value${at.isFreed ? "" : " there"}`, 4.5, m - 3.5, 7, 7),
    text(19, m + 4, label, at.isFreed ? "i2" : "label", { key: "name" }),
    text(c.sizeX, m + 4, sizeWords(size), "s i2", { key: "size", "text-anchor": "end" }),
    c.barW > 0 && size !== null && row.shared && h("rect", { key: "bar", class: "rt-size", x: c.sizeX + 10, y: m - 3, width: Math.max(2, (c.barW * size) / largest), height: 6, rx: 1 }),
    ...places(scene, c, at, m),
    c.where !== null && text(c.where, m + 4, cut(whereOf(scene, at), (c.keptX ?? scene.width) - c.where - 8, 11, scene.measure), "s i2", { key: "where" }),
    c.keptX !== null && text(c.keptX, m + 4, cut(keptBy(scene.store, at, scene.t), scene.width - c.keptX, 11, scene.measure), "s i2", { key: "kept" }));
}

const sizeWords = (size: number | null): string => (size === null ? "" : bytes(size));

/** "shared memory", "inline", "shared memory of A and B" */
export function whereOf(scene: Scene, { row, copies, isFreed }: ObjectAt): string {
  if (isFreed) return "freed";
  if (!row.shared) return "inline, inside messages";
  const nodes = copies.map(([node]) => node);
  if (nodes[0] === DISK) return "disk: shared memory was full";
  return scene.store.nodes.size > 1 && nodes.length > 0 ? `shared memory of ${nodes.join(" and ")}` : "shared memory";
}

/** Squares at the nodes that hold it, and an arrow to each copy, also to one that is on its way. */
function places(scene: Scene, c: Columns, { row, copies, isFreed }: ObjectAt, m: number): Child[] {
  const [first] = copies;
  if (c.nodes.size === 0 || first === undefined || isFreed) return [];
  if (!row.shared) return [text(c.nodes.get(first[0]) ?? 0, m + 4, "inline", "s i3 halo", { key: "inline", "text-anchor": "middle" })];
  const there = new Map(copies);
  return [...c.nodes].flatMap(([node, x]) => {
    const one = transferTo(scene.store, row.id, node, scene.t);
    const since = there.get(node);
    if (since === undefined && (one === null || one.end <= scene.t)) return [];
    const isMade = node === first[0] && one === null;
    const look = isMade ? "value there" : since === undefined ? "value coming" : "value";
    const square = box(`c${node}`, look, x - 5, m - 5, 10, 10);
    if (isMade) return [square];
    const from = c.nodes.get(one?.from ?? first[0]) ?? c.nodes.get(first[0]) ?? 0;
    return [arrow(scene, from, x, m, one, row, since ?? 0, node), square];
  });
}

function arrow(scene: Scene, from: number, to: number, m: number, one: Transfer | null, { size_bytes: size, label }: ObjectRow, since: number, node: string): VNode {
  const way = to > from ? 1 : -1;
  const [a, z] = [from + 10 * way, to - 9 * way];
  const facts = one === null ? sizeWords(size) : sizeAndTime(one, scene.t);
  const when = `at ${duration((one?.start ?? since) - scene.start)}`;
  const words = fit([`${facts}, ${when}`, facts, sizeWords(size)], Math.abs(z - a) - 30, 11, scene.measure);
  const wide = scene.measure(words, 11) + 10;
  const tip = one === null ? `${label} is also on node ${node}, ${when}.` : tellTransfer(one, scene.t, scene.start);
  return h("g", { key: `a${node}`, "data-tip": tip },
    h("path", { key: "line", class: `rt-arrow${one !== null && one.end > scene.t ? " rt-todo" : ""}`, d: `M${a} ${m}H${z}m${-5 * way}-3.5l${5 * way} 3.5l${-5 * way} 3.5`, "stroke-width": 1.2 }),
    words !== "" && h("rect", { key: "plate", class: "rt-plate", x: (a + z - wide) / 2, y: m - 8, width: wide, height: 16 }),
    words !== "" && text((a + z) / 2, m + 4, words, "s", { key: "words", "text-anchor": "middle" }));
}

/** Many small results of one function in one line. */
export function groupRow(scene: Scene, c: Columns, name: string, list: readonly ObjectAt[], y: number): VNode {
  const sum = list.reduce((total, one) => total + (one.row.size_bytes ?? 0), 0);
  const m = y + ROW / 2;
  return h("g", { key: `g${name}` },
    across(0, scene.width, y, "rule", { key: "rule" }),
    box("mark", "value there", 4.5, m - 3.5, 7, 7),
    box("mark2", "value there", 7.5, m - 5.5, 7, 7),
    text(19, m + 4, cut(`${name} × ${grouped(list.length)}`, c.nameW - 22, 12, scene.measure), "", { key: "name" }),
    text(c.sizeX, m + 4, bytes(sum), "s i2", { key: "size", "text-anchor": "end" }),
    text(c.sizeX + 10, m + 4, cut("inline, inside messages: no copy to track", scene.width - c.sizeX - 12, 11, scene.measure), "s i3", { key: "words" }));
}
