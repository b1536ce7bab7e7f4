// What happens to the page around a view: its width, and its theme.

/** Tell the width of the view now and whenever it changes. */
export function watchWidth(root: HTMLElement, tell: (width: number) => void): () => void {
  let known = 0;
  const take = (): void => {
    const width = Math.floor(root.clientWidth);
    if (width === known || width === 0) return;
    known = width;
    tell(width);
  };
  const observer = new ResizeObserver(take);
  observer.observe(root);
  take();
  return () => observer.disconnect();
}

/** Tell when the theme of the page may have changed: canvases must be painted anew. */
export function watchTheme(root: HTMLElement, tell: () => void): () => void {
  const page = root.ownerDocument;
  const dark = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
  dark?.addEventListener("change", tell);
  const observer = typeof MutationObserver === "undefined" ? null : new MutationObserver(tell);
  const options = { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light", "data-jp-theme-name", "class"] };
  observer?.observe(page.documentElement, options);
  observer?.observe(page.body, options);
  return () => {
    dark?.removeEventListener("change", tell);
    observer?.disconnect();
  };
}
