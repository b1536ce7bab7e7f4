// The look of what the second part of the code draws.

import { ensureStyle } from "./style.ts";

const MORE = `
.rt-big { font-size: 15px; font-weight: 600; }
.rt-wait-head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 16px; padding: 2px 0 10px; }
.rt-wait-head code { color: var(--rt-ink2); }
.rt-flip { margin-left: auto; display: inline-flex; align-items: baseline; gap: 8px; color: var(--rt-ink2); white-space: nowrap; }
.rt-wait-head ~ .rt-why { font-size: var(--rt-t3); padding: 2px 0 12px; min-height: 32px; }
.rt-lists { display: flex; flex-wrap: wrap; gap: 4px 32px; align-items: baseline; border-top: 1px solid var(--rt-edge); padding: 8px 0 4px; min-height: 34px; }
.rt-lists .rt-note { padding: 0; }
.rt-history { border-top: 1px solid var(--rt-rule); margin-top: 6px; }
.rt-history .rt-note { padding-bottom: 6px; }
.rt-transport:not(:empty) { border-top: 1px solid var(--rt-rule); padding: 6px 0 4px; }
.rt-gate { display: flex; align-items: baseline; gap: 4px 12px; padding: 2px 0 6px 3px; flex-wrap: wrap; }
.rt-gate > [role="group"] { display: inline-flex; gap: 4px; flex: none; }
.rt-next { flex: 1; min-width: 200px; font-size: var(--rt-t3); color: var(--rt-ink2); } .rt-next b { color: var(--rt-ink); }
.rt-losers { font-size: var(--rt-t2); color: var(--rt-ink2); padding-bottom: 6px; }
.rt-moment { font-size: var(--rt-t3); min-height: 20px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.rt-moment .rt-t { color: var(--rt-ink2); }
.rt-bar-row { margin-top: 4px; display: flex; align-items: center; gap: 8px; flex-wrap: wrap; }
.rt-buttons { display: inline-flex; align-items: center; gap: 2px; width: 168px; }
.rt .rt-icon-button, .rt .rt-speed { padding: 7px 9px; color: var(--rt-ink2); } .rt .rt-speed { min-width: 44px; padding: 4px 6px; font-size: var(--rt-t2); text-align: center; }
.rt .rt-icon-button:hover, .rt .rt-speed:hover { background: var(--rt-bg2); color: var(--rt-ink); }
.rt-scrub { cursor: ew-resize; touch-action: none; flex: none; border-radius: var(--rt-r2); }
.rt-scrub:focus-visible { outline: 2px solid var(--rt-focus); }
.rt-back { width: 112px; text-align: right; white-space: nowrap; } .rt-back .rt-note { padding: 0; }
.rt .rt-pill.rt-button { border-radius: 10px; padding: 0 8px; font-size: var(--rt-t1); border-color: var(--rt-edge); }
.rt[data-narrow] .rt-scrub { order: 3; } .rt[data-narrow] .rt-back { margin-left: auto; }
.rt-use { fill: var(--rt-run-soft); } .rt-ticks { stroke: var(--rt-ink3); } .rt-later { fill: var(--rt-bg); opacity: .45; }
.rt-knob { fill: var(--rt-ink); stroke: var(--rt-bg); stroke-width: 1.5; }
.rt-critical-words { font-size: var(--rt-t3); color: var(--rt-ink2); padding-top: 8px; } .rt-critical-words b { color: var(--rt-ink); }
.rt-critical { stroke: var(--rt-ink); stroke-width: 3; } .rt-critical-link { fill: none; stroke: var(--rt-ink); stroke-width: 1.3; }
.rt-brush { fill: var(--rt-run); opacity: .15; } .rt-hover { fill: transparent; } .rt-bottom { user-select: none; }
.rt-scroll.rt-chips { max-height: 220px; }
.rt-warn { border-left: 3px solid var(--rt-wait); padding: 2px 0 2px 10px; margin: 8px 0 4px; color: var(--rt-ink2); }
.rt-warn b { color: var(--rt-wait-ink); font-weight: 600; }
.rt-log { font: 11.5px/1.5 var(--rt-mono); max-height: 200px; white-space: pre-wrap; padding: 4px 0 8px; } .rt-log .rt-who { color: var(--rt-ink3); margin-right: 12px; } .rt-log .rt-bad { color: var(--rt-fail); } .rt-late:not(:empty) { border-top: 1px solid var(--rt-rule); }
.rt-details { grid-column: 1 / -1; display: grid; grid-template-columns: auto 1fr; gap: 2px 12px; margin: 6px 0 0; font-size: var(--rt-t2); }
.rt-details dt { color: var(--rt-ink3); } .rt-details dd { margin: 0; color: var(--rt-ink2); }
.rt-error { font: 11.5px/1.5 var(--rt-mono); border-left: 3px solid var(--rt-fail); padding: 2px 0 2px 10px; margin: 2px 0 8px;
  color: var(--rt-ink2); white-space: pre-wrap; }
.rt-error b { color: var(--rt-fail); display: block; }
.rt-after { font-size: var(--rt-t3); color: var(--rt-ink2); padding-bottom: 8px; }
.rt-tip { position: absolute; z-index: 10; max-width: 320px; padding: 6px 10px; background: var(--rt-bg); color: var(--rt-ink);
  border: 1px solid var(--rt-edge); border-radius: var(--rt-r2); pointer-events: none; font-size: var(--rt-t2); }
.rt-tip .rt-src { display: block; white-space: normal; margin-top: 2px; }
.rt-table { padding-bottom: 8px; } .rt-table:not(.rt-sr) { overflow-x: auto; }
.rt-table table { border-collapse: collapse; font-size: var(--rt-t2); width: 100%; margin: 0; table-layout: auto; }
.rt-table th, .rt-table td { text-align: left; padding: 3px 12px 3px 0; border-bottom: 1px solid var(--rt-rule); font-weight: 400; vertical-align: top;
  background: none; max-width: none; white-space: normal; }
.rt-table thead th { color: var(--rt-ink3); font-size: var(--rt-t1); }
.rt-table caption { text-align: left; color: var(--rt-ink2); font-size: var(--rt-t1); padding: 4px 0; }
.rt-frame-box { fill: var(--rt-bg2); stroke: var(--rt-rule); } .rt-frame-box.rt-inner { fill: none; stroke: var(--rt-edge); stroke-dasharray: 2 3; }
.rt-frame.rt-sel > .rt-frame-box:first-child { stroke: var(--rt-ink); } .rt-ghost { fill: var(--rt-bg); stroke: var(--rt-fail); stroke-dasharray: 3 2; }
.rt-copy-head { fill: var(--rt-run); } .rt-copy.rt-dim { opacity: .35; }
.rt-input { stroke: var(--rt-run); stroke-dasharray: 1 3; stroke-width: 1.5; } .rt-copied { fill: var(--rt-run-soft); stroke: var(--rt-run); }
.rt-copy-way { fill: none; stroke: var(--rt-run); opacity: .7; } .rt-again { fill: none; stroke: var(--rt-fail); stroke-dasharray: 3 2; } .rt-again-tip { fill: var(--rt-fail); }
.rt-value.rt-coming { stroke: var(--rt-run); stroke-dasharray: 2 2; } .rt-arrow.rt-todo { stroke: var(--rt-run); stroke-dasharray: 3 3; }
.rt-again-cross { fill: none; stroke: var(--rt-fail); stroke-width: 2; } .rt-past.rt-sel > .rt-box { stroke: var(--rt-ink); stroke-width: 1.5; }
.rt-past > .rt-box { stroke-width: .5; } .rt-past.rt-done > .rt-box { fill: var(--rt-edge); stroke: var(--rt-edge); }
.rt-due { stroke: var(--rt-run); } .rt-arrow { fill: none; stroke: var(--rt-ink); } .rt-tipmark { fill: var(--rt-ink); }
.rt-slot > .rt-box { fill: var(--rt-bg); stroke: var(--rt-edge); } .rt-wanted > .rt-box { stroke: var(--rt-wait); stroke-dasharray: 3 2.5; }
.rt-filled > .rt-box { fill: var(--rt-done-fill); stroke: var(--rt-done-fill); } .rt-filled { --rt-state: var(--rt-ink3); }
.rt-filled.rt-failed > .rt-box { fill: var(--rt-fail-soft); stroke: var(--rt-fail); }
.rt-unfilled > .rt-box { fill: none; stroke: var(--rt-edge); stroke-dasharray: 2 4; }
.rt-track { fill: var(--rt-rule); } .rt-drain { fill: var(--rt-run); } .rt-drain.rt-over { fill: var(--rt-edge); }
.rt-move { transition: transform var(--rt-calm) var(--rt-ease); }
.rt-cell-in { fill: var(--rt-ink2); } .rt-cell-held { fill: none; stroke: var(--rt-wait); stroke-width: 1.5; } .rt-cell-dot { fill: var(--rt-edge); }
.rt-history svg [role="button"] { cursor: pointer; }
.rt-call > .rt-box { stroke-opacity: .75; } .rt-front > .rt-box { stroke-width: 2; stroke-opacity: 1; }
.rt-share { fill: var(--rt-state); } .rt-share.rt-done { fill: var(--rt-edge); } .rt-share.rt-cancelled, .rt-share.rt-cannot-run { fill: var(--rt-rule); }
.rt-share.rt-blocked { opacity: .55; } .rt-group > .rt-box { stroke: var(--rt-edge); } .rt-chip { cursor: pointer; }
.rt-size { fill: var(--rt-done); } .rt-freed .rt-value { stroke-dasharray: 2 2; }
`;

/** Put it where the element lives, beside the style of the first part. */
export function ensureMoreStyle(element: Element): void {
  ensureStyle(element, "rayteach-style-more", MORE);
}
