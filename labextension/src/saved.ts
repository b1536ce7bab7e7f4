// A run from a file: the same view, and nobody at the other end.

import type { Link } from "./link.ts";

/** A link to nobody, with all it will ever say. */
export function linkToSaved(text: string): Link {
  return {
    saved: JSON.parse(text) as unknown,
    isOffline: true,
    send: () => undefined,
    onMessage: () => () => undefined,
  };
}
