// The saved page: one snapshot in a script tag, drawn into the element beside it.

import { linkToSaved } from "./saved.ts";
import { mount } from "./view.ts";

const DATA_ID = "rayteach-run";
const PLACE_ID = "rayteach-view";

function start(): void {
  const data = document.getElementById(DATA_ID);
  if (data === null) return;
  const place = document.getElementById(PLACE_ID) ?? document.body.appendChild(document.createElement("div"));
  mount(place, linkToSaved(data.textContent ?? ""));
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
