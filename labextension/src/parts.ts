// The second part of the code, once it is there. A view is drawn without it and again with it.

type More = typeof import("./more.ts");

let loaded: More | null = null;
let isAsked = false;
const waiting = new Set<(parts: More) => void>();

/** The second part, null until it is there; the first call fetches it. */
export function more(): More | null {
  if (!isAsked) void loadMore();
  return loaded;
}

export async function loadMore(): Promise<void> {
  isAsked = true;
  loaded = await import("./more.ts");
  for (const tell of waiting) tell(loaded);
  waiting.clear();
}

/** Call back once when the second part is there, or now; returns the function that takes it back. */
export function whenMore(tell: (parts: More) => void): () => void {
  if (loaded === null) waiting.add(tell);
  else tell(loaded);
  return () => waiting.delete(tell);
}
