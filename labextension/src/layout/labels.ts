// Labels fit by measured text: full name, short name, number, none.

/** Width of a text in px in the view's font. */
export type Measure = (text: string, px: number, bold?: boolean) => number;

/** A measure for one font family; a page without canvas gets a wide guess. */
export function measureIn(family: string): Measure {
  const context = document.createElement("canvas").getContext?.("2d") ?? null;
  const known = new Map<string, number>();
  return (text, px, bold = false) => {
    const font = `${bold ? "600 " : ""}${px}px ${family}`;
    const key = `${font}|${text}`;
    const width = known.get(key);
    if (width !== undefined) return width;
    const measured = context === null ? text.length * px * 0.62 : widthIn(context, font, text);
    // Clocks make new texts all the time: start afresh rather than grow.
    if (known.size > 5000) known.clear();
    known.set(key, measured);
    return measured;
  };
}

function widthIn(context: CanvasRenderingContext2D, font: string, text: string): number {
  context.font = font;
  return context.measureText(text).width;
}

/** The first of the texts that fits into the width, or "". */
export function fit(texts: readonly string[], width: number, px: number, measure: Measure): string {
  return texts.find((text) => measure(text, px) <= width) ?? "";
}

/** A label and its shorter forms: "outer-1/parse-3" -> "parse-3" -> "3". */
export function shorter(label: string): string[] {
  return [...new Set([label, nameOf(label), numberOf(label)])].filter((text) => text !== "");
}

/** The last part of a path: "outer-1/parse-3" -> "parse-3", "Counter-1.add-2" -> "add-2". */
export function nameOf(label: string): string {
  return label.split(/[/.]/).at(-1) ?? label;
}

/** "parse-3" -> "3", "" if it has none. */
export function numberOf(label: string): string {
  return /-(\d+)$/.exec(label)?.[1] ?? "";
}

/** Cut a text with an ellipsis so that it fits. */
export function cut(text: string, width: number, px: number, measure: Measure): string {
  if (measure(text, px) <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(`${text.slice(0, middle)}…`, px) <= width) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? "" : `${text.slice(0, low)}…`;
}
