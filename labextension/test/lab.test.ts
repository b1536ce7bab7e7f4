import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { PanelFeed, TARGET } from "../src/lab/feed.ts";
import { makePlugin } from "../src/lab/plugin.ts";
import { statusText } from "../src/lab/status.ts";
import type { FeedState } from "../src/lab/status.ts";
import { openTutorial } from "../src/lab/tutorial.ts";
import type { Comm, CommTarget, Kernel, LabApplication, SessionContext, Shared, Signal, Slot } from "../src/lab/types.ts";
import { openPage } from "./page.ts";

beforeEach(() => {
  openPage();
});

const BUSY = { type: "status", cpus_in_use: 2, num_cpus: 4, tasks_waiting: 3, tasks_running: 2, session: true } as const;

function signal<S, A>(): Signal<S, A> & { emit(sender: S, args: A): void } {
  const slots = new Set<Slot<S, A>>();
  return {
    connect: (slot) => Boolean(slots.add(slot)),
    disconnect: (slot) => slots.delete(slot),
    emit: (sender, args) => slots.forEach((slot) => slot(sender, args)),
  };
}

interface FakeComm extends Comm {
  sent: unknown[];
  opened: boolean;
  closed: boolean;
}

function fakeComm(): FakeComm {
  const comm: FakeComm = {
    sent: [], opened: false, closed: false, isDisposed: false,
    onMsg: () => undefined,
    onClose: () => undefined,
    open: () => (comm.opened = true),
    send: (data) => comm.sent.push(data),
    close: () => (comm.closed = true),
  };
  return comm;
}

/** A kernel with its session, as the notebook shows them. */
function fakeNotebook(language = "python") {
  const comms: FakeComm[] = [];
  const targets = new Map<string, CommTarget>();
  const kernel: Kernel = {
    info: Promise.resolve({ language_info: { name: language } }),
    isDisposed: false,
    requestExecute: () => undefined,
    createComm() {
      comms.push(fakeComm());
      return comms.at(-1) as FakeComm;
    },
    registerCommTarget: (name, callback) => targets.set(name, callback),
    removeCommTarget: (name) => targets.delete(name),
  };
  const statusChanged = signal<SessionContext, string>();
  const kernelChanged = signal<SessionContext, unknown>();
  const context: SessionContext = { session: { kernel }, kernelChanged, statusChanged };
  return { comms, targets, kernel, context, statusChanged, kernelChanged };
}

function followed(language?: string) {
  const states: FeedState[] = [];
  const notebook = fakeNotebook(language);
  const feed = new PanelFeed((state) => states.push(state));
  feed.follow(notebook.context);
  return { states, feed, ...notebook };
}

test("the feed opens a comm, says hello and shows what the kernel answers", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { states, comms, kernel } = followed();
  await kernel.info;
  const [comm] = comms;
  assert.equal(comm?.opened, true);
  t.mock.timers.tick(200);
  assert.deepEqual(comm?.sent.length, 2);
  comm?.onMsg({ content: { data: BUSY } });
  t.mock.timers.tick(2000);
  assert.equal(comm?.sent.length, 2);
  assert.deepEqual(states, ["hidden", "absent", BUSY]);
});

test("a comm that the kernel opens later is heard as well", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { states, comms, targets, kernel } = followed();
  await kernel.info;
  comms[0]?.onClose({});
  const late = fakeComm();
  targets.get(TARGET)?.(late, {});
  late.onMsg({ content: { data: BUSY } });
  assert.equal(states.at(-1), BUSY);
});

test("a restarted kernel has no rayteach until it says so", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { states, comms, kernel, context, statusChanged } = followed();
  await kernel.info;
  comms[0]?.onMsg({ content: { data: BUSY } });
  statusChanged.emit(context, "restarting");
  assert.equal(states.at(-1), "absent");
});

test("another language is left alone", async () => {
  const { states, comms, kernel } = followed("R");
  await kernel.info;
  assert.deepEqual([states.at(-1), comms.length], ["hidden", 0]);
});

test("leaving a notebook closes its comm and forgets its target", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { feed, comms, targets, kernel, states } = followed();
  await kernel.info;
  feed.follow(null);
  assert.deepEqual([comms[0]?.closed, targets.size, states.at(-1)], [true, 0, "hidden"]);
});

test("the status bar says CPUs and who waits, or what to do", () => {
  assert.equal(statusText(BUSY)[0], "CPUs 2/4 · 3 waiting");
  assert.equal(statusText({ ...BUSY, tasks_waiting: 0 })[0], "CPUs 2/4");
  assert.match(statusText("absent")[1], /rayteach: not loaded.*%load_ext rayteach/);
  assert.match(statusText({ ...BUSY, session: false })[1], /no session/);
});

function lab(present: string[]) {
  const executed: unknown[] = [];
  const told: string[] = [];
  const added: string[] = [];
  const commands = new Map<string, Record<string, unknown>>();
  const app: LabApplication = {
    commands: {
      addCommand: (id, options) => commands.set(id, options),
      execute: async (id, args) => executed.push([id, args]),
    },
    shell: { add: (widget) => added.push(widget.id), activateById: () => undefined },
    serviceManager: {
      contents: {
        get: async (path) => {
          if (!present.includes(path)) throw new Error("404");
          return {};
        },
      },
    },
  };
  const shared: Shared = {
    tokens: { launcher: "L", palette: undefined, statusBar: "S", tracker: "T", restorer: undefined, settings: undefined },
    newWidget: (node) => ({ id: "", node, title: { caption: "", label: "", closable: true }, addClass: () => undefined, show: () => undefined, hide: () => undefined }),
    newPanel: () => { throw new Error("no output is drawn here"); },
    newIcon: (name) => name,
    pageOption: () => "",
    tell: async (title) => told.push(title),
  };
  return { app, shared, executed, told, commands, added };
}

test("the tutorial opens where it is", async () => {
  const { app, shared, executed, told } = lab(["notebooks/tutorial/01_first_remote_function.ipynb"]);
  await openTutorial(app, shared);
  assert.deepEqual(executed, [["docmanager:open", { path: "notebooks/tutorial/01_first_remote_function.ipynb" }]]);
  assert.deepEqual(told, []);
});

test("without a tutorial a dialog says what to run", async () => {
  const { app, shared, executed, told } = lab([]);
  await openTutorial(app, shared);
  assert.deepEqual([executed, told], [[], ["The tutorial is not here"]]);
});

test("the plugin asks only for what the application has, and adds card and item", () => {
  const { app, shared, commands, added } = lab([]);
  const plugin = makePlugin(shared);
  assert.deepEqual(plugin.optional, ["L", "S", "T"]);
  const cards: unknown[] = [];
  const items: string[] = [];
  const tracker = { currentWidget: null, currentChanged: signal(), widgetAdded: signal(), forEach: () => undefined };
  plugin.activate(app, { add: (c: unknown) => cards.push(c) }, { registerStatusItem: (id: string) => items.push(id) }, tracker);
  assert.deepEqual([...commands.keys()].map((id) => id.replace("rayteach:", "")), ["open-course", "open-panel", "go-to-line", "load", "pause", "step", "resume"]);
  assert.deepEqual(added, ["rayteach-panel"]);
  assert.equal(cards.length, 1);
  assert.deepEqual(items, ["rayteach:status"]);
});

test("the container gives JupyterLab one plugin", async () => {
  await import("../src/lab/container.ts");
  const container = window._JUPYTERLAB?.["rayteach"];
  assert.ok(container);
  container.init({});
  const module = (await container.get("./extension"))();
  assert.equal(module.__esModule, true);
  assert.equal(module.default.id, "rayteach:plugin");
  await assert.rejects(container.get("./other"), /no module/);
});
