// What every widget of ours does when it is drawn: hear its kernel however late its code came.

import type { WidgetModel } from "./widget.ts";

/** A model as ipywidgets has it. */
export interface RealModel {
  get(name: string): unknown;
  comm?: { on_msg(handler: (message: unknown) => unknown): void; send(data: unknown): void };
}

/** The model that a widget is drawn with, where the host knows other models too. */
export interface Host extends WidgetModel {
  widget_manager?: { get_model(id: string): Promise<RealModel> };
}

type Taker = { _handle_comm_msg?: (message: unknown) => unknown };

/**
 * On a busy machine the code may need more than two seconds to load. anywidget then says
 * "Failed to initialize model" and drops every later message: let ipywidgets take them.
 * What was dropped by then comes again with `ask`: the kernel tells all traits anew.
 */
export async function wake(model: Host, ask: boolean): Promise<void> {
  try {
    const real = await model.widget_manager?.get_model(String(model.get("name")));
    let proto = Object.getPrototypeOf(real) as object;
    while (!Object.hasOwn(proto, "_handle_comm_msg")) proto = Object.getPrototypeOf(proto) as object;
    const take = (Object.getPrototypeOf(proto) as Taker)["_handle_comm_msg"];
    if (take === undefined) return;
    real?.comm?.on_msg(take.bind(real));
    if (ask) real?.comm?.send({ method: "request_state" });
  } catch {
    // Another host, with ways of its own.
  }
}
