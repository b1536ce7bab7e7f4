// The look of the side panel and of the badges beside cells.

const LAB = `
.rt-panel { overflow: auto; background: var(--jp-layout-color0, #fff); height: 100%; padding: 8px 12px; box-sizing: border-box; }
.rt.rt-panel-head { border: 0; padding-bottom: 8px; font-size: var(--rt-t3); }
.rt-cells { margin-top: 4px; max-height: 132px; overflow: auto; } .rt-cells button { display: flex; gap: 12px; width: 100%; padding: 2px 0; }
.rt-cells button:hover { background: var(--rt-bg2); } .rt-cells .rt-src { min-width: 36px; } .rt-in { display: inline-flex; gap: 10px; }
.rt-output > .rt-still img { max-width: 100%; } .rt-output > .rt-still pre { font-size: 12px; overflow-x: auto; }
.rt.rt-still-note { border: 0; padding: 2px 0 4px; color: var(--rt-ink2); } .rt-still-note button { all: unset; cursor: pointer; text-decoration: underline; }
.rt-still-note button:focus-visible { outline: 2px solid var(--rt-focus); }
.rt-output[data-new] > .rt-still, .rt-output[data-new] > .rt-still-note { display: none; }
.rt-output:has(> .lm-Widget .rt:not([data-nobody])) > :is(.rt-still, .rt-still-note) { display: none; }
.rt-output:not(:has(> .lm-Widget .rt:not([data-nobody]))) > .lm-Widget { display: none; }
.rt-output[data-new] > .lm-Widget { display: block !important; min-height: 48px; }
.rt-count { display: inline-flex; align-items: center; gap: 4px; }
.rt.rt-badge { all: unset; position: absolute; left: 4px; top: 24px; max-width: 64px; display: inline-flex; flex-wrap: wrap; gap: 1px 6px; justify-content: flex-end;
  font: 11px/1.3 var(--rt-font); color: var(--rt-ink2); cursor: pointer; z-index: 1; padding: 1px 3px; border-radius: var(--rt-r2); background: none; }
.rt.rt-badge:hover { background: var(--rt-bg2); color: var(--rt-ink); } .rt.rt-badge:focus-visible { outline: 2px solid var(--rt-focus); }
`;

const ID = "rayteach-lab-style";

/** Put the style into the page; a second call does nothing. */
export function ensureLabStyle(page: Document): void {
  if (page.getElementById(ID) !== null) return;
  const style = page.createElement("style");
  style.id = ID;
  style.textContent = LAB;
  page.head.append(style);
}
