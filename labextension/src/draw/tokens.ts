// Design tokens. Hue = state, shape = kind, position = place and time.
// Inside JupyterLab the page colour comes from the theme, elsewhere from the fallback.

const DARK = `
  --rt-bg: var(--jp-layout-color0, #111111);
  --rt-bg2: #1b1e22;
  --rt-rule: #2c3137;
  --rt-edge: #707c89;
  --rt-ink: #eef1f4;
  --rt-ink2: #bcc5ce;
  --rt-ink3: #97a2ad;
  --rt-run: #6db3f2; --rt-on-run: #06182a; --rt-run-soft: #163049;
  --rt-wait: #f0c04e; --rt-wait-ink: #f0c04e;
  --rt-done: #97a2ad; --rt-done-fill: #2d343c;
  --rt-fail: #ff6f91; --rt-fail-soft: #431a26;
  --rt-focus: #6db3f2;
  color-scheme: dark;
`;

const LIGHT = `
  --rt-bg: var(--jp-layout-color0, #ffffff);
  --rt-bg2: #f4f6f8;
  --rt-rule: #e1e5ea;
  --rt-edge: #818d9a;
  --rt-ink: #18202a;
  --rt-ink2: #46515d;
  --rt-ink3: #616c78;
  --rt-run: #1763a6; --rt-on-run: #ffffff; --rt-run-soft: #dceaf6;
  --rt-wait: #b57b00; --rt-wait-ink: #875800;
  --rt-done: #616c78; --rt-done-fill: #e0e5ea;
  --rt-fail: #9c1040; --rt-fail-soft: #fbe6ec;
  --rt-focus: #1763a6;
  color-scheme: light;
`;

export const TOKENS = `
.rt {
  --rt-font: var(--jp-ui-font-family, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif);
  --rt-mono: var(--jp-code-font-family, ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace);
  --rt-t1: 11px; --rt-t2: 12px; --rt-t3: 13px;
  --rt-s1: 4px; --rt-s2: 8px; --rt-s3: 12px; --rt-s4: 16px;
  --rt-r1: 2px; --rt-r2: 4px;
  --rt-quick: 120ms; --rt-calm: 240ms; --rt-ease: cubic-bezier(.2, 0, 0, 1);
${LIGHT}}
@media (prefers-color-scheme: dark) {
  html:not([data-theme="light"]) body:not([data-jp-theme-light]):not(.vscode-light) .rt {${DARK}}
}
html[data-theme="dark"] .rt, [data-jp-theme-light="false"] .rt, .vscode-dark .rt, [data-jp-theme-light] [data-rt-theme="dark"] .rt {${DARK}}
[data-jp-theme-light] [data-rt-theme="light"] .rt {${LIGHT} --rt-bg: #ffffff;}
@media (prefers-reduced-motion: reduce) { .rt { --rt-quick: 0ms; --rt-calm: 0ms; } }
`;
