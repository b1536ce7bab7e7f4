// A small keyed patcher: views say what should be there, the page changes only where
// it differs. Text goes in as text, never as markup.

export type Child = VNode | string | null | false;

/** Fills a canvas; called whenever the canvas is updated. */
export type PaintElement = (element: HTMLCanvasElement) => void;

export type Attributes = Record<string, string | number | boolean | null | undefined | PaintElement>;

export interface VNode {
  tag: string;
  /** same key, same element; without one the position counts */
  key: string | undefined;
  attributes: Attributes;
  children: Child[];
}

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set([
  "svg", "g", "path", "rect", "circle", "line", "text", "tspan", "defs", "pattern", "title",
]);

interface Memory {
  key: string;
  attributes: Attributes;
}

const memories = new WeakMap<Node, Memory>();

/** A node of the picture. The attribute `key` names it among its siblings. */
export function h(tag: string, attributes: Attributes = {}, ...children: (Child | Child[])[]): VNode {
  const { key, ...rest } = attributes;
  const name = typeof key === "string" || typeof key === "number" ? String(key) : undefined;
  return { tag, key: name, attributes: rest, children: children.flat() };
}

/** Make the children of `parent` be `wanted`. */
export function patch(parent: Element, wanted: readonly Child[]): void {
  let next: ChildNode | null = parent.firstChild;
  // Mostly the children stand there in order: only where they do not is a table of them made.
  let present: Map<string, ChildNode> | null = null;
  for (let i = 0; i < wanted.length; i += 1) {
    const child = wanted[i];
    if (child === null || child === undefined || child === false) continue;
    const key = keyOf(child, i);
    if (next !== null && memories.get(next)?.key === key) {
      present?.delete(key);
      update(next, child);
      next = next.nextSibling;
      continue;
    }
    present ??= presentFrom(next);
    const node = present.get(key) ?? create(child, key, parent);
    present.delete(key);
    update(node, child);
    parent.insertBefore(node, next);
  }
  if (present !== null) for (const node of present.values()) node.remove();
  else removeFrom(next);
}

/** What stands here and after it, by key; what is not ours goes. */
function presentFrom(first: ChildNode | null): Map<string, ChildNode> {
  const present = new Map<string, ChildNode>();
  for (let node = first; node !== null; ) {
    const after: ChildNode | null = node.nextSibling;
    const memory = memories.get(node);
    if (memory === undefined) node.remove();
    else present.set(memory.key, node);
    node = after;
  }
  return present;
}

function removeFrom(first: ChildNode | null): void {
  for (let node = first; node !== null; ) {
    const after: ChildNode | null = node.nextSibling;
    node.remove();
    node = after;
  }
}

function keyOf(child: VNode | string, index: number): string {
  if (typeof child === "string") return `"${index}`;
  return child.key === undefined ? `${child.tag}#${index}` : `${child.tag}:${child.key}`;
}

function create(child: VNode | string, key: string, parent: Element): ChildNode {
  const page = parent.ownerDocument;
  const node =
    typeof child === "string" ? page.createTextNode("") : createElement(page, child.tag, parent);
  memories.set(node, { key, attributes: {} });
  return node;
}

function createElement(page: Document, tag: string, parent: Element): Element {
  const isSvg = SVG_TAGS.has(tag) && (tag === "svg" || parent.namespaceURI === SVG);
  return isSvg ? page.createElementNS(SVG, tag) : page.createElement(tag);
}

function update(node: ChildNode, child: VNode | string): void {
  if (typeof child === "string") {
    if (node.nodeValue !== child) node.nodeValue = child;
    return;
  }
  const element = node as Element;
  const memory = memories.get(node);
  if (memory !== undefined) {
    setAttributes(element, memory.attributes, child.attributes);
    memory.attributes = child.attributes;
  }
  const { paint } = child.attributes;
  if (typeof paint === "function") paint(element as HTMLCanvasElement);
  patch(element, child.children);
}

function setAttributes(element: Element, old: Attributes, wanted: Attributes): void {
  for (const name in wanted) {
    const value = wanted[name];
    if (old[name] !== value && typeof value !== "function") setAttribute(element, name, value);
  }
  for (const name in old) if (!(name in wanted)) element.removeAttribute(name);
}

function setAttribute(element: Element, name: string, value: Attributes[string]): void {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : String(value));
}
