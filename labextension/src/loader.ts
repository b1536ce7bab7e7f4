// What every widget carries: it finds the code of the views once per page. The kernel has one
// library model with that code; a host that knows no other models is answered by message.

import { wake } from "./wake.ts";
import type { Host } from "./wake.ts";
import type { WidgetModel } from "./widget.ts";

/** Of the code that belongs to this loader; the build writes it in. */
declare const RAYTEACH_VERSION: string;

/** The names of the parts, each packed: gzip in base64. */
export type Parts = Readonly<Record<string, string>>;

interface Views {
  render(context: { model: WidgetModel; el: HTMLElement }): () => void;
}

const page = globalThis as unknown as { rayteachViews?: Record<string, Promise<Views>>; rayteachParts?: Record<string, string> };
const ASK_EVERY_MS = 500;

export function viewsFor(model: Host): Promise<Views> {
  const known = (page.rayteachViews ??= {});
  const found = (known[RAYTEACH_VERSION] ??= partsFrom(model).then(start));
  found.catch(() => delete known[RAYTEACH_VERSION]);
  return found;
}

async function partsFrom(model: Host): Promise<Parts> {
  const id = String(model.get("library")).replace("IPY_MODEL_", "");
  try {
    const library = await model.widget_manager?.get_model(id);
    const parts = library?.get("parts") as Parts | undefined;
    if (parts !== undefined) return parts;
  } catch {
    // This host keeps widgets apart: ask through the widget's own line.
  }
  return ask(model);
}

function ask(model: Host): Promise<Parts> {
  return new Promise((resolve) => {
    const send = (): void => model.send({ type: "code" });
    const beat = setInterval(send, ASK_EVERY_MS);
    const listener = (message: unknown): void => {
      const { type, parts } = message as { type?: string; parts?: Parts };
      if (type !== "code" || parts === undefined) return;
      clearInterval(beat);
      model.off("msg:custom", listener);
      resolve(parts);
    };
    model.on("msg:custom", listener);
    send();
  });
}

/** Unpack all parts, let them find each other by their addresses, and start the first one. */
async function start(parts: Parts): Promise<Views> {
  const urls = (page.rayteachParts ??= {});
  for (const [name, data] of Object.entries(parts)) {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    let code = await new Response(stream).text();
    for (const [other, url] of Object.entries(urls)) code = code.replaceAll(`"./${other}"`, `"${url}"`);
    urls[name] = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  }
  const first = urls[`views-${RAYTEACH_VERSION}.js`] ?? "";
  const module = (await import(/* webpackIgnore: true */ first)) as { default: Views };
  return module.default;
}

export default {
  async render(context: { model: Host; el: HTMLElement }): Promise<() => void> {
    void wake(context.model, false); // a view asks for its rows by itself
    context.el.style.minHeight = "48px";
    const views = await viewsFor(context.model);
    context.el.style.minHeight = "";
    return views.render(context);
  },
};
