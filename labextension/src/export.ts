// A picture of what is on the page, as a PNG file: for slides and papers.

const SCALE = 2;
const PROPERTIES = [
  "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "stroke-opacity",
  "font-family", "font-size", "font-weight", "text-anchor", "paint-order", "transform",
];

/** Save the drawings of a pane as one picture. */
export async function savePicture(pane: HTMLElement, name: string): Promise<void> {
  const blob = await pictureOf(pane);
  if (blob === null) return;
  const page = pane.ownerDocument;
  const link = page.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${name}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** The drawings of a pane below one another. */
export async function pictureOf(pane: HTMLElement): Promise<Blob | null> {
  const drawings = [...pane.querySelectorAll<SVGSVGElement>("svg[role=group], svg[role=img]")].filter((svg) => svg.parentElement?.closest("svg") === null);
  const sizes = drawings.map((svg) => ({ width: Number(svg.getAttribute("width")), height: Number(svg.getAttribute("height")) }));
  const canvas = pane.ownerDocument.createElement("canvas");
  canvas.width = Math.max(1, ...sizes.map((size) => size.width)) * SCALE;
  canvas.height = sizes.reduce((sum, size) => sum + size.height + 8, 0) * SCALE;
  const context = canvas.getContext("2d");
  if (context === null || drawings.length === 0) return null;
  context.fillStyle = getComputedStyle(pane.closest(".rt") ?? pane).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(SCALE, SCALE);
  let y = 0;
  for (const [i, svg] of drawings.entries()) {
    const { width, height } = sizes[i] ?? { width: 0, height: 0 };
    const below = svg.parentElement?.querySelector(":scope > canvas");
    if (below instanceof HTMLCanvasElement) context.drawImage(below, 0, y, width, height);
    context.drawImage(await imageOf(svg), 0, y, width, height);
    y += height + 8;
  }
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** A drawing as an image: its styles written into it, since it leaves the page's style sheet. */
async function imageOf(svg: SVGSVGElement): Promise<HTMLImageElement> {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, i) => {
    const style = getComputedStyle(from[i] as Element);
    const text = PROPERTIES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";");
    element.setAttribute("style", text);
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(copy.outerHTML)}`;
  await image.decode();
  return image;
}
