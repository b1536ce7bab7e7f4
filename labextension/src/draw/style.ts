// The look as CSS text, put once into each document or shadow root.

import { TOKENS } from "./tokens.ts";

const FRAME = `
.rt { position: relative; font: var(--rt-t2)/1.4 var(--rt-font); font-variant-numeric: tabular-nums;
  color: var(--rt-ink); background: var(--rt-bg); border-top: 1px solid var(--rt-edge);
  border-bottom: 1px solid var(--rt-rule); overflow-wrap: anywhere; }
.rt *, .rt *::before { box-sizing: border-box; }
.rt svg { display: block; }
.rt [hidden] { display: none !important; }
.rt code { font: 11.5px var(--rt-mono); color: inherit; background: none; padding: 0; }
.rt button { all: unset; cursor: pointer; border-radius: var(--rt-r2); }
.rt button:focus-visible, .rt [tabindex]:focus-visible { outline: 2px solid var(--rt-focus); outline-offset: 2px; }
.rt svg [tabindex]:focus, .rt svg [tabindex]:focus-visible { outline: none; }
.rt-sr { position: absolute !important; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.rt-icon { display: inline-block !important; flex: none; vertical-align: -2px; overflow: visible; }
.rt-head { display: flex; align-items: center; gap: 4px 16px; padding: 7px 0 6px; flex-wrap: wrap; min-height: 32px; }
.rt-title { font-weight: 600; white-space: nowrap; }
.rt-counts { display: flex; gap: 4px 14px; flex-wrap: wrap; color: var(--rt-ink2); flex: 1; }
.rt-counts > span { display: inline-flex; align-items: center; gap: 5px; white-space: nowrap; }
.rt-counts b { font-weight: 600; color: var(--rt-ink); }
.rt-cpus { display: inline-flex; align-items: center; gap: 10px; color: var(--rt-ink2); white-space: nowrap; }
.rt-cpus span { display: inline-flex; align-items: center; gap: 4px; font-size: var(--rt-t1); }
.rt-cpu { fill: none; stroke: var(--rt-edge); stroke-width: 1.5; }
.rt-cpu.rt-used { fill: var(--rt-run); stroke: var(--rt-run); }
.rt-pill { display: inline-flex; align-items: center; gap: 6px; height: 20px; padding: 0 8px; border-radius: 10px;
  border: 1px solid var(--rt-edge); color: var(--rt-ink2); font-size: var(--rt-t1); white-space: nowrap; }
.rt-pill.rt-live { border-color: var(--rt-run); color: var(--rt-run); font-weight: 600; }
.rt-dot { width: 7px; height: 7px; border-radius: 50%; background: currentColor; }
@media (prefers-reduced-motion: no-preference) {
  .rt-live .rt-dot { animation: rt-breathe 2.4s ease-in-out infinite; }
  @keyframes rt-breathe { 50% { opacity: .35; } }
}
.rt[data-narrow] .rt-tabs { gap: 4px 12px; flex-wrap: wrap; } .rt-tabs button { white-space: nowrap; }
.rt-tabs { display: flex; gap: 18px; border-bottom: 1px solid var(--rt-rule); }
.rt-tabs button { padding: 5px 0 6px; color: var(--rt-ink2); border-bottom: 2px solid transparent; margin-bottom: -1px; border-radius: 0; }
.rt-tabs button[aria-selected="true"] { color: var(--rt-ink); font-weight: 600; border-bottom-color: var(--rt-ink); }
.rt-tabs i { font-style: normal; font-weight: 400; color: var(--rt-ink3); margin-left: 5px; }
.rt-tabs i.rt-busy { color: var(--rt-run); font-size: var(--rt-t1); }
.rt[data-wide] .rt-body { display: grid; grid-template-columns: 1fr 1fr; gap: 32px; align-items: start; }
.rt[data-wide] .rt-body > * { min-width: 0; }
.rt .rt-button { color: var(--rt-ink2); padding: 2px 8px; border: 1px solid var(--rt-rule); font-size: var(--rt-t3); line-height: 1.3; }
.rt .rt-button:hover { border-color: var(--rt-edge); color: var(--rt-ink); }
.rt .rt-button[aria-disabled="true"] { color: var(--rt-edge); border-color: transparent; cursor: default; }
.rt-tools { display: flex; align-items: center; gap: 4px; min-height: 24px; margin-bottom: 2px; }
.rt-tools .rt-note { padding: 0 8px 0 0; color: var(--rt-ink3); } .rt-space { flex: 1; }
.rt .rt-tool { padding: 2px 8px; font-size: var(--rt-t1); color: var(--rt-ink2); border: 1px solid var(--rt-rule); white-space: nowrap; }
.rt .rt-tool:hover { color: var(--rt-ink); border-color: var(--rt-edge); } .rt .rt-tool[aria-disabled="true"] { color: var(--rt-ink3); border-color: transparent; cursor: default; }
.rt .rt-tool[aria-pressed="true"] { color: var(--rt-ink); border-color: var(--rt-ink); font-weight: 600; }
.rt-pane { border-top: 1px solid var(--rt-rule); padding: 8px 0; }
.rt-pane:empty { display: none; }
.rt-scroll { overflow: auto; max-height: 460px; scrollbar-width: thin; }
.rt-stage { position: relative; } .rt-canvas { position: absolute; left: 0; top: 0; pointer-events: none; }
.rt-note { color: var(--rt-ink2); font-size: var(--rt-t1); padding-top: 6px; }
.rt-legend { display: flex; flex-wrap: wrap; gap: 3px 16px; color: var(--rt-ink2); font-size: var(--rt-t1); padding-top: 6px; min-height: 24px; }
.rt-legend > span { display: inline-flex; align-items: center; gap: 5px; white-space: nowrap; }
.rt-empty { padding: 26px 0 24px; color: var(--rt-ink2); font-size: var(--rt-t3); }
.rt-empty code { display: block; margin-top: 4px; color: var(--rt-ink); }
`;

const STORY = `
.rt-story { display: grid; grid-template-columns: 1fr auto; gap: 2px 12px; align-items: baseline; min-height: 57px;
  padding: 8px 0; border-top: 1px solid var(--rt-rule); font-size: var(--rt-t3); align-content: start; }
.rt-name { font-weight: 600; margin-right: 10px; }
.rt-name .rt-icon { margin-right: 6px; }
.rt-why { color: var(--rt-ink2); }
.rt-src { font: var(--rt-t1) var(--rt-mono); color: var(--rt-ink3); white-space: nowrap; }
.rt-more { grid-column: 1 / -1; color: var(--rt-ink3); font-size: var(--rt-t2); display: flex; gap: 2px 16px; flex-wrap: wrap; min-height: 17px; }
.rt-more code { color: var(--rt-ink2); }
.rt-foot { display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; padding: 4px 0 6px; }
.rt-foot button, .rt .rt-link { color: var(--rt-ink2); font-size: var(--rt-t1); text-decoration: underline; text-decoration-color: var(--rt-edge); text-underline-offset: 3px; }
.rt-off { color: var(--rt-ink3); font-size: var(--rt-t1); } .rt .rt-foot button[aria-disabled="true"] { color: var(--rt-ink3); text-decoration: none; cursor: default; }
.rt-faults { flex-basis: 100%; display: flex; flex-wrap: wrap; gap: 4px 12px; padding-top: 4px; } .rt-faults > span { display: flex; flex-wrap: wrap; gap: 4px; }
.rt-faults .rt-tool { text-decoration: none; } .rt-recovery { stroke-dasharray: 4 3; stroke: var(--rt-wait); }
.rt-foot button:hover { color: var(--rt-ink); }
.rt[data-narrow] .rt-counts { order: 3; flex-basis: 100%; }
.rt[data-narrow] .rt-title { flex: 1; }
.rt[data-narrow] .rt-word { display: none; }
`;

const MARKS = `
.rt text { font-family: var(--rt-font); fill: var(--rt-ink); font-size: 12px; }
.rt text.rt-s { font-size: 11px; } .rt text.rt-i2 { fill: var(--rt-ink2); } .rt text.rt-i3 { fill: var(--rt-ink3); }
.rt text.rt-b { font-weight: 600; } .rt text.rt-ru { fill: var(--rt-run); } .rt text.rt-fa { fill: var(--rt-fail); }
.rt text.rt-halo { paint-order: stroke; stroke: var(--rt-bg); stroke-width: 4px; stroke-linejoin: round; }
.rt [data-key] { cursor: pointer; }
.rt-line { fill: none; stroke: var(--rt-state, var(--rt-edge)); } .rt-solid { fill: var(--rt-state, var(--rt-edge)); stroke: none; }
.rt-cross { fill: none; stroke: var(--rt-bg); }
.rt-running, .rt-blocked { --rt-state: var(--rt-run); } .rt-needs-input, .rt-queued { --rt-state: var(--rt-wait); }
.rt-done { --rt-state: var(--rt-done-ink, var(--rt-ink3)); } .rt-failed { --rt-state: var(--rt-fail); }
.rt-glyph.rt-on { --rt-state: var(--rt-on-run); }
.rt-box { stroke-width: 1.2; transition: fill var(--rt-quick) var(--rt-ease), stroke var(--rt-quick) var(--rt-ease); fill: var(--rt-bg); stroke: var(--rt-edge); }
.rt-needs-input > .rt-box { stroke: var(--rt-wait); stroke-dasharray: 3 2.5; } .rt-queued > .rt-box { stroke: var(--rt-wait); }
.rt-running > .rt-box { fill: var(--rt-run); stroke: var(--rt-run); } .rt-running > text.rt-label { fill: var(--rt-on-run); }
.rt-blocked > .rt-box { stroke: var(--rt-run); }
.rt-done > .rt-box { fill: var(--rt-done-fill); stroke: var(--rt-done-fill); }
.rt-failed > .rt-box { fill: var(--rt-fail-soft); stroke: var(--rt-fail); } .rt-failed > text.rt-label { fill: var(--rt-fail); font-weight: 600; }
.rt-cannot-run > text.rt-label, .rt-cancelled > text.rt-label { fill: var(--rt-ink2); }
.rt-cancelled > .rt-box, .rt-lost > .rt-box { stroke-dasharray: 6 3; }
.rt-hatch { stroke: none; }
.rt-plate { fill: var(--rt-bg); }
.rt-base { stroke: var(--rt-edge); stroke-width: 1.5; } .rt-failed > .rt-base { stroke: var(--rt-fail); }
.rt-ring { fill: none; stroke: none; stroke-width: 1.5; } .rt-sel > .rt-ring { stroke: var(--rt-ink); }
.rt svg [tabindex]:focus-visible > .rt-ring { stroke: var(--rt-focus); stroke-width: 2; }
.rt-sel > text.rt-label { font-weight: 600; }
.rt-fade { transition: opacity var(--rt-quick) var(--rt-ease); }
.rt-edge { fill: none; stroke: var(--rt-edge); stroke-width: 1; opacity: .75; } .rt-edge.rt-todo { stroke-dasharray: 3 3; }
.rt-edge.rt-starts { stroke-dasharray: 1 3; } .rt-edge.rt-calls { opacity: .5; }
.rt-edge.rt-lit { stroke: var(--rt-ink); stroke-width: 1.5; opacity: 1; } .rt-edge.rt-dim { opacity: .35; }
.rt-value { fill: var(--rt-bg); stroke: var(--rt-edge); } .rt-value.rt-there { fill: var(--rt-ink2); stroke: var(--rt-ink2); }
.rt-hex { fill: var(--rt-bg); stroke: var(--rt-ink2); stroke-width: 1.5; } .rt-needs-input > .rt-hex, .rt-queued > .rt-hex { stroke: var(--rt-wait); }
.rt-failed > .rt-hex { stroke: var(--rt-fail); } .rt-cannot-run > .rt-hex, .rt-cancelled > .rt-hex { stroke: var(--rt-edge); }
.rt-rule { stroke: var(--rt-rule); } .rt-thin { stroke: var(--rt-edge); fill: none; } .rt-dots { stroke: var(--rt-edge); stroke-dasharray: 1 4; }
.rt-tick { stroke: var(--rt-ink2); } .rt-now { stroke: var(--rt-ink); }
.rt-wait-box { fill: var(--rt-bg); stroke: var(--rt-edge); } .rt-wait-box.rt-open { stroke: var(--rt-run); }
.rt text.rt-wi { fill: var(--rt-wait-ink); }
.rt-strip { fill: var(--rt-done-fill); stroke: none; } .rt-strip.rt-has-live { fill: var(--rt-run); }
`;

/** Put the style where the element lives; a second call does nothing. */
export function ensureStyle(element: Element, id = "rayteach-style", css = TOKENS + FRAME + STORY + MARKS): void {
  const root = element.getRootNode();
  const page = element.ownerDocument;
  const home = root instanceof ShadowRoot ? root : page.head;
  if (home.querySelector(`#${id}`) !== null) return;
  const style = page.createElement("style");
  style.id = id;
  style.textContent = css;
  home.append(style);
}
