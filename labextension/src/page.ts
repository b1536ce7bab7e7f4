// The saved page: one snapshot in a script tag, drawn into the element beside it.

import type { Link } from "./link.ts";
import { mount } from "./view.ts";

const DATA_ID = "rayteach-run";
const PLACE_ID = "rayteach-view";

/** A link to nobody, with all it will ever say. */
export function linkToSaved(text: string): Link {
  return {
    saved: JSON.parse(text) as unknown,
    isOffline: true,
    send: () => undefined,
    onMessage: () => () => undefined,
  };
}

function start(): void {
  const data = document.getElementById(DATA_ID);
  if (data === null) return;
  const place = document.getElementById(PLACE_ID) ?? document.body.appendChild(document.createElement("div"));
  mount(place, linkToSaved(data.textContent ?? ""));
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
