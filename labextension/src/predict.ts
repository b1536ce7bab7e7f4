// The widget of a prediction: the learner's answer, and later what really happened over it.
// A module of its own: it is small, and notebooks without predictions never load it.

import { patch } from "./draw/dom.ts";
import { TOKENS } from "./draw/tokens.ts";
import { drawQuestion } from "./predict/draw.ts";
import { bindBars } from "./predict/bars.ts";
import { Draft } from "./predict/draft.ts";
import { STYLE } from "./predict/style.ts";
import type { Answer, Spec } from "./predict/draft.ts";
import { wake } from "./wake.ts";
import type { Host } from "./wake.ts";

const ID = "rayteach-predict-style";

function ensureStyle(element: Element): void {
  const root = element.getRootNode();
  const home = root instanceof ShadowRoot ? root : element.ownerDocument.head;
  if (home.querySelector(`#${ID}`) !== null) return;
  const style = element.ownerDocument.createElement("style");
  style.id = ID;
  style.textContent = TOKENS + STYLE;
  home.append(style);
}

export function render({ model, el }: { model: Host; el: HTMLElement }): () => void {
  void wake(model, true);
  ensureStyle(el);
  const root = el.ownerDocument.createElement("section");
  root.className = "rt rt-predict";
  el.append(root);
  const draft = new Draft(model.get("spec") as Spec);
  const read = (): void => {
    draft.take(model.get("answer") as Answer, model.get("truth") as Answer, String(model.get("words") ?? ""));
    draw();
  };
  const draw = (): void => patch(root, drawQuestion(draft));
  const change = (isChanged: boolean): void => {
    if (!isChanged) return;
    // Sent with every change: the answer is what stands here when the next cell runs.
    if (draft.isWhole) model.send({ type: "answer", answer: draft.answer });
    draw();
  };
  root.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("[data-do]");
    if (button !== null) change(draft.act(button.getAttribute("data-do") ?? ""));
  });
  root.addEventListener("input", (event) => change(draft.type((event.target as HTMLInputElement).value)));
  const unbind = bindBars(root, draft, change);
  const events = ["change:answer", "change:truth", "change:words"];
  for (const event of events) model.on(event, read);
  read();
  return () => {
    for (const event of events) model.off(event, read);
    unbind();
    root.remove();
  };
}

export default { render };
