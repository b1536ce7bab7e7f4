// What an ID, an actor handle or a remote function is right now: a title and a few lines.

import { h, patch } from "./draw/dom.ts";
import { TOKENS } from "./draw/tokens.ts";
import { wake } from "./wake.ts";
import type { Host } from "./wake.ts";

interface Card {
  title: string;
  state: string;
  facts: [name: string, text: string][];
}

const STYLE = `
.rt.rt-card { font: var(--rt-t3)/1.5 var(--rt-font); color: var(--rt-ink); background: var(--rt-bg); border-left: 3px solid var(--rt-edge); padding: 2px 12px; }
.rt.rt-card.rt-open { border-color: var(--rt-run); } .rt.rt-card.rt-bad { border-color: var(--rt-fail); }
.rt.rt-card code { font: var(--rt-t3) var(--rt-mono); margin-right: 12px; }
.rt.rt-card dl { display: grid !important; grid-template-columns: max-content 1fr; gap: 0 12px; margin: 2px 0; font-size: var(--rt-t2); }
.rt.rt-card dt { color: var(--rt-ink2); font-weight: 400; float: none; width: auto; white-space: nowrap; } .rt.rt-card dd { margin: 0; padding: 0; float: none; width: auto; overflow-wrap: anywhere; }
`;

const ID = "rayteach-card-style";

function ensureStyle(element: Element): void {
  const root = element.getRootNode();
  const home = root instanceof ShadowRoot ? root : element.ownerDocument.head;
  if (home.querySelector(`#${ID}`) !== null) return;
  const style = element.ownerDocument.createElement("style");
  style.id = ID;
  style.textContent = TOKENS + STYLE;
  home.append(style);
}

function toneOf(state: string): string {
  if (/^(no value|dead)/.test(state)) return " rt-bad";
  return /^(not there|waits|restarts)|running/.test(state) ? " rt-open" : "";
}

export function render({ model, el }: { model: Host; el: HTMLElement }): () => void {
  void wake(model, true);
  ensureStyle(el);
  const root = el.ownerDocument.createElement("section");
  el.append(root);
  const draw = (): void => {
    const { title, state, facts } = model.get("card") as Card;
    root.className = `rt rt-card${toneOf(state)}`;
    patch(root, [
      h("div", { key: "head", role: "status" }, h("code", {}, title), h("b", {}, state)),
      h("dl", { key: "lines" }, ...facts.flatMap(([name, text]) => [h("dt", { key: `t ${name}` }, name), h("dd", { key: `d ${name}` }, text)])),
    ]);
  };
  model.on("change:card", draw);
  draw();
  return () => {
    model.off("change:card", draw);
    root.remove();
  };
}

export default { render };
