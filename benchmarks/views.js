// What a page does in the benchmark of the views: it feeds rows to the real widget code and
// keeps the time of every frame. `parts` and `loader` are given by views.py.

const COLUMNS = {
  nodes: ["id", "num_cpus", "added_s", "lost_s", "paused", "slowed", "per_second", "steps", "next_words", "losers"],
  workers: ["id", "label", "node", "kind", "requested_s", "actor", "pid", "started_s", "ended_s", "reason"],
  tasks: ["id", "label", "function", "kind", "parent", "actor", "inputs", "cell", "line", "source", "submitted_s", "ready_s",
    "num_cpus", "num_returns", "attempts", "blocked", "end_s", "end", "error", "error_line", "cause", "story"],
  objects: ["id", "label", "task", "cell", "line", "created_s", "size_bytes", "shared", "copies", "released_s"],
  actors: [], waits: [],
};
const WORKERS = 64;
const table = (name, rows) => ({ columns: COLUMNS[name], rows });
const run = (isOver, end) => ({ id: 1, cell: "[1]", execution: 1, start_s: 0, end_s: isOver ? end : null, outcome: isOver ? "done" : "", source: "", critical: [], why_not_faster: "" });
const node = ["A", WORKERS, 0, null, [], [], 0, 0, "", []];
const workers = Array.from({ length: WORKERS }, (_, i) => [i + 1, `worker ${i + 1}`, "A", "pool", 0, null, 100 + i, 0, null, ""]);

/** Task `i` of a run in which `perS` tasks end a second. */
function task(i, perS, now) {
  const length = (0.9 * WORKERS) / perS;
  const start = Math.floor(i / WORKERS) * (WORKERS / perS) + 0.001 * (i % WORKERS) / WORKERS;
  const end = start + length * (0.5 + ((i * 7919) % 100) / 200);
  const isOver = end <= now;
  return [i + 1, `f-${i + 1}`, "f", "task", null, null, [], "[1]", 2, "", Math.max(0, start - 0.01), Math.max(0, start - 0.01), 1, 1,
    start <= now ? [[start, isOver ? end : null, 1 + (i % WORKERS), isOver ? "done" : ""]] : [], [], isOver ? end : null, isOver ? "done" : "", "", 0, null, ""];
}

class Model {
  constructor(parts) {
    this.parts = parts;
    this.listeners = [];
    this.widget_manager = { get_model: async () => ({ get: () => this.parts }) };
  }
  get(name) { return name === "library" ? "IPY_MODEL_library" : undefined; }
  send() {}
  on(event, listener) { if (event === "msg:custom") this.listeners.push(listener); }
  off() {}
  say(message) { for (const listener of this.listeners) listener(message); }
}

async function frames(seconds, during = () => {}) {
  const times = [];
  // The page's own time of each frame: one that is left out shows as a double interval.
  let last = await new Promise(requestAnimationFrame);
  const end = last + seconds * 1000;
  while (last < end) {
    const now = await new Promise(requestAnimationFrame);
    times.push(now - last);
    last = now;
    during(now);
  }
  times.sort((a, b) => a - b);
  return { frames: times.length, p50: times[times.length >> 1], p95: times[Math.floor(times.length * 0.95)], worst: times.at(-1) };
}

async function open(count, perS, now) {
  const { loader, parts } = globalThis.given;
  const widget = (await import(`data:text/javascript;base64,${loader}`)).default;
  const place = document.body.appendChild(document.createElement("div"));
  const model = new Model(parts);
  await widget.render({ model, el: place });
  const isOver = now === Infinity;
  const end = count / perS + 1;
  const tasks = [];
  for (let i = 0; i < count; i += 1) tasks.push(task(i, perS, now));
  const objects = tasks.map((row) => [`${row[0]}.0`, row[1], row[0], "[1]", 2, row[16], row[16] === null ? null : 100, false, [["A", row[16]]], null]);
  model.say({ type: "snapshot", version: 1, seq: 1, now_s: isOver ? end : now, live: !isOver, controls: [], run: run(isOver, end),
    tables: { nodes: table("nodes", [node]), workers: table("workers", workers), tasks: table("tasks", tasks), objects: table("objects", objects), actors: table("actors", []), waits: table("waits", []) } });
  const isDrawn = () => count === 0 || place.querySelector('[data-key^="g"]') !== null;
  while (!isDrawn()) await new Promise(requestAnimationFrame);
  await new Promise((done) => setTimeout(done, 500));
  return { model, place };
}

/** Frames while a finished run of `count` tasks plays, all of its tasks in view. */
async function inView(count) {
  const { place } = await open(count, count / 10, Infinity);
  place.querySelector('[data-key^="g"]').dispatchEvent(new MouseEvent("click", { bubbles: true }));
  const slider = place.querySelector("[data-scrub]");
  const press = (key) => slider.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  press("Home");
  for (let i = 0; i < 5; i += 1) place.querySelector('[data-action="speed"]').click(); // a tenth
  press(" ");
  const result = await frames(6);
  const canvases = [...place.querySelectorAll("canvas")].length;
  return { ...result, canvases, words: place.querySelector(".rt-moment").textContent };
}

/** What the kernel does, in a thread of its own: rows that are new or changed, every so many ms. */
function feeder(count, perS, everyMs) {
  const beats = (count, perS, everyMs) => {
    const began = performance.now();
    let seq = 1;
    let known = 0;
    let open = [];
    setInterval(() => {
      const now = (performance.now() - began) / 1000;
      const until = Math.min(count, Math.floor(now * perS));
      const ids = [...open];
      for (; known < until; known += 1) ids.push(known);
      const rows = ids.map((i) => task(i, perS, now));
      open = ids.filter((_, k) => rows[k][16] === null);
      seq += 1;
      postMessage(JSON.stringify({ type: "changes", seq, base: seq - 1, now_s: now, live: true, run: run(false, 0), tables: { tasks: table("tasks", rows) } }));
    }, everyMs);
  };
  const code = `const WORKERS = ${WORKERS}; const COLUMNS = ${JSON.stringify(COLUMNS)}; const table = ${table}; const run = ${run}; ${task}; (${beats})(${count}, ${perS}, ${everyMs});`;
  return new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
}

/** Frames while `count` tasks pass in `seconds`. */
async function passing(count, seconds, everyMs) {
  const { model, place } = await open(0, count / seconds, 0.001);
  const worker = feeder(count, count / seconds, everyMs);
  worker.onmessage = ({ data }) => model.say(JSON.parse(data));
  const result = await frames(seconds + 0.5);
  worker.terminate();
  return { ...result, words: place.querySelector(".rt-counts").textContent };
}

globalThis.bench = { inView, passing };
