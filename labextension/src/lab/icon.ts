// The mark of rayteach: one task, three that need it, as in a graph.

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 22 22">
<g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.4">
<path d="M8 11h6M8 11c4 0 2-6 6-6M8 11c4 0 2 6 6 6"/></g>
<g fill="#1763a6"><rect x="2" y="8.5" width="6" height="5" rx="1"/><rect x="14" y="2.5" width="6" height="5" rx="1"/></g>
<g class="jp-icon3" fill="#616161"><rect x="14" y="8.5" width="6" height="5" rx="1"/><rect x="14" y="14.5" width="6" height="5" rx="1"/></g>
</svg>`;
