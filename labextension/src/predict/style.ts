// The look of a prediction, beside the tokens that all views share.

export const STYLE = `
.rt.rt-predict { font: var(--rt-t3)/1.5 var(--rt-font); color: var(--rt-ink); background: var(--rt-bg); border: 1px solid var(--rt-edge);
  border-radius: var(--rt-r2); padding: 10px 14px; max-width: 720px; }
.rt.rt-predict .rt-hint { color: var(--rt-ink2); font-size: var(--rt-t2); margin-bottom: 6px; }
.rt.rt-predict button { all: unset; box-sizing: border-box; cursor: pointer; border: 1px solid var(--rt-edge); border-radius: 12px;
  padding: 1px 12px; margin: 0 8px 6px 0; font-family: var(--rt-mono); }
.rt.rt-predict button:focus-visible, .rt.rt-predict [tabindex]:focus-visible { outline: 2px solid var(--rt-focus); outline-offset: 2px; }
.rt.rt-predict button[aria-pressed="true"] { background: var(--rt-run); border-color: var(--rt-run); color: var(--rt-on-run); }
.rt.rt-predict button.rt-true { outline: 2px solid var(--rt-wait); outline-offset: 1px; }
.rt.rt-predict button[aria-disabled="true"] { cursor: default; }
.rt.rt-predict ol { margin: 0 0 6px; padding-left: 24px; }
.rt.rt-predict .rt-name { display: inline-block; min-width: 90px; font-family: var(--rt-mono); }
.rt.rt-predict .rt-move-it { padding: 0 9px; margin: 1px 4px 1px 0; }
.rt.rt-predict .rt-off { color: var(--rt-fail); }
.rt.rt-predict input { font: inherit; color: inherit; background: var(--rt-bg); border: 1px solid var(--rt-edge); border-radius: var(--rt-r1); padding: 2px 6px; }
.rt.rt-predict .rt-verdict { margin-top: 6px; font-size: var(--rt-t2); color: var(--rt-ink2); min-height: 18px; }
.rt.rt-predict svg { display: block; max-width: 100%; overflow: visible; touch-action: none; }
.rt.rt-predict svg text { font: var(--rt-t2) var(--rt-mono); fill: var(--rt-ink); }
.rt.rt-predict svg .rt-rule { stroke: var(--rt-rule); }
.rt.rt-predict .rt-bar { cursor: grab; }
.rt.rt-predict [data-bar] rect { fill: var(--rt-run-soft); stroke: var(--rt-run); }
.rt.rt-predict .rt-seen { pointer-events: none; }
.rt.rt-predict .rt-seen rect { fill: none; stroke: var(--rt-wait); stroke-width: 2; }
.rt.rt-predict .rt-is-off rect { stroke-dasharray: 5 3; }
.rt.rt-predict .rt-is-off text { font-size: 10px; fill: var(--rt-wait-ink); }
`;
