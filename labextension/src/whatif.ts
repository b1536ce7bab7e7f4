// The widget of a what-if: a slider for the machines, one for the network where there are several
// nodes, one to drag for each function's duration, and the predicted run as a timeline and in words.

import { TOKENS } from "./draw/tokens.ts";
import { wake } from "./wake.ts";
import type { Host } from "./wake.ts";

interface Spec {
  /** What the first slider chooses from: "4" CPUs, "2 x 4" for two nodes. */
  readonly machines: string[];
  readonly functions: [string, number][];
  /** True if one of them has several nodes. */
  readonly network: boolean;
}

interface Shown {
  readonly choice: number;
  readonly times: Record<string, number>;
  readonly picture: string;
  /** The prediction in words; the name stays in the bundle as it is. */
  readonly text: string;
}

const STEPS = 200;
/** A duration can be dragged up to so many times what was recorded. */
const MOST = 4;
/** Bytes a second between nodes; 0 is no limit, and the first is what was asked for. */
const RATES: (number | null)[] = [null, 1e6, 1e7, 1e8, 1e9, 1e10, 0];
const STYLE = `
.rt-whatif { font: var(--rt-t3)/1.5 var(--rt-font); color: var(--rt-ink); background: var(--rt-bg); border: 1px solid var(--rt-edge);
  border-radius: var(--rt-r2); padding: 10px 14px; max-width: 760px; }
.rt-whatif label { display: grid; grid-template-columns: 140px 1fr 90px; gap: 10px; align-items: center; font-family: var(--rt-mono); }
.rt-whatif input { width: 100%; accent-color: var(--rt-run); }
.rt-whatif input:focus-visible { outline: 2px solid var(--rt-focus); outline-offset: 2px; }
.rt-whatif img { display: block; max-width: 100%; background: #fff; margin: 8px 0; }
.rt-whatif pre { margin: 0; white-space: pre-wrap; font-family: var(--rt-mono); font-size: var(--rt-t2); color: var(--rt-ink2); }
`;

/** Seconds as people read them. */
export function duration(seconds: number): string {
  return seconds < 0.1 ? `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms` : `${seconds.toFixed(2)} s`;
}

/** A rate of the network as people read it. */
export function rate(bytes: number | null): string {
  if (bytes === null) return "as asked";
  if (bytes === 0) return "no limit";
  return bytes < 1e9 ? `${bytes / 1e6} MB/s` : `${bytes / 1e9} GB/s`;
}

export function render({ model, el }: { model: Host; el: HTMLElement }): () => void {
  void wake(model, true);
  const page = el.ownerDocument;
  const make = <K extends keyof HTMLElementTagNameMap>(tag: K, home: Element): HTMLElementTagNameMap[K] => {
    const made = page.createElement(tag);
    home.append(made);
    return made;
  };
  const spec = model.get("spec") as Spec;
  const root = make("section", el);
  root.className = "rt rt-whatif";
  root.setAttribute("aria-label", "What if?");
  root.dataset["lmSuppressShortcuts"] = "true"; // or JupyterLab takes the arrows from the sliders
  make("style", root).textContent = TOKENS + STYLE;

  const slider = (name: string, most: number, at: number, said: (value: number) => string): HTMLInputElement => {
    const label = make("label", root);
    make("span", label).textContent = name;
    const input = make("input", label);
    const output = make("output", label);
    output.setAttribute("aria-live", "off"); // the slider says its value itself
    Object.assign(input, { type: "range", min: "0", max: String(most), step: "1", value: String(at) });
    const tell = (): void => {
      output.textContent = said(Number(input.value));
      input.setAttribute("aria-valuetext", said(Number(input.value)));
    };
    input.addEventListener("input", () => {
      tell();
      ask();
    });
    // Hosts keep arrows for themselves: what a slider does with keys is done here.
    input.addEventListener("keydown", (event) => {
      const at = Number(input.value);
      const to: Record<string, number> = { ArrowRight: at + 1, ArrowUp: at + 1, ArrowLeft: at - 1, ArrowDown: at - 1, Home: 0, End: most };
      const next = to[event.key];
      if (next === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      input.value = String(Math.min(most, Math.max(0, next)));
      tell();
      ask();
    });
    tell();
    return input;
  };
  const machines = slider("CPUs", spec.machines.length - 1, 0, (at) => String(spec.machines[at]));
  const network = spec.network ? slider("network", RATES.length - 1, 0, (at) => rate(RATES[at] ?? null)) : null;
  const durations = spec.functions.map(([name, seconds]) => {
    const input = slider(name, STEPS, STEPS / MOST, (at) => duration((at / STEPS) * MOST * seconds));
    return { name, seconds, input };
  });
  const picture = make("img", root);
  const words = make("pre", root);
  words.setAttribute("role", "status");

  function ask(): void {
    const moved = durations.filter(({ input }) => Number(input.value) !== STEPS / MOST);
    const times = Object.fromEntries(
      moved.map(({ name, seconds, input }) => [name, (Number(input.value) / STEPS) * MOST * seconds]),
    );
    const between = network === null ? null : RATES[Number(network.value)];
    model.send({ type: "ask", choice: Number(machines.value), times, network: between });
  }
  const read = (): void => {
    const shown = model.get("shown") as Shown;
    picture.src = shown.picture;
    picture.alt = shown.text;
    words.textContent = shown.text;
  };
  model.on("change:shown", read);
  read();
  return () => {
    model.off("change:shown", read);
    root.remove();
  };
}

export default { render };
