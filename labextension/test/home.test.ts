import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { draw, Home } from "../src/lab/home.ts";
import { duration, lessonStates, timeLeft, wayOn } from "../src/lab/home_model.ts";
import type { Contents, Progress } from "../src/lab/home_model.ts";
import type { LabApplication, LuminoWidget, Shared } from "../src/lab/types.ts";
import { openPage } from "./page.ts";

beforeEach(() => {
  openPage();
});

const lesson = (name: string, minutes: number, ...exercises: string[]) => ({
  name, title: `The ${name}`, minutes, path: `tutorial/${name}.ipynb`,
  exercises: exercises.map((one) => ({ name: one, goal: "" })),
});
const COURSE: Contents = { lessons: [lesson("tour", 5), lesson("first", 30, "a", "b"), lesson("second", 45, "c")] };
const solved = { solved: "2026", attempts: 1 };
const MIDWAY: Progress = { next: "c", latest: "b", exercises: { a: solved, b: solved } };

test("a lesson is done when all its exercises are solved", () => {
  const begun: Progress = { next: "b", exercises: { a: { attempts: 2, solved: "" } } };
  assert.deepEqual(lessonStates(COURSE, MIDWAY).map(({ state }) => state), ["", "done", ""]);
  assert.deepEqual(lessonStates(COURSE, begun).map(({ state }) => state), ["", "begun", ""]);
});

test("the way on is what Python says, and the first exercise before that", () => {
  assert.deepEqual([wayOn(COURSE, {})?.label, wayOn(COURSE, {})?.lesson.name], ["Start", "first"]);
  assert.deepEqual([wayOn(COURSE, MIDWAY)?.label, wayOn(COURSE, MIDWAY)?.exercise], ["Continue", "c"]);
  assert.equal(wayOn(COURSE, { next: "", exercises: {} }), null);
});

test("the time left is that of the lessons that are not done", () => {
  assert.equal(timeLeft(lessonStates(COURSE, {})), "about 1 h 15 min to go");
  assert.equal(timeLeft(lessonStates(COURSE, MIDWAY)), "about 45 min to go");
  assert.deepEqual([duration(60), duration(5), duration(0)], ["1 h", "5 min", "0 min"]);
});

test("each lesson is a button that opens its notebook", () => {
  const node = document.createElement("div");
  const opened: string[] = [];
  draw(node, COURSE, MIDWAY, (path) => opened.push(path));
  const buttons = [...node.querySelectorAll<HTMLElement>("button")];
  assert.equal(buttons[0]?.textContent, "Continue: The second, exercise c");
  assert.equal(buttons[3]?.getAttribute("aria-label"), "The second, 0 of 1 exercises solved, 45 minutes, next");
  buttons[0]?.click();
  buttons[2]?.click();
  assert.deepEqual(opened, ["tutorial/second.ipynb", "tutorial/first.ipynb"]);
  assert.match(node.textContent ?? "", /2 of 3 exercises solved, about 45 min to go/);
});

test("with all solved there is nothing to continue", () => {
  const node = document.createElement("div");
  draw(node, COURSE, { next: "", exercises: { a: solved, b: solved, c: solved } }, () => undefined);
  assert.match(node.textContent ?? "", /All exercises are solved/);
});

function lab(files: Record<string, unknown>) {
  const tabs: LuminoWidget[] = [];
  const app: LabApplication = {
    commands: { addCommand: () => undefined, execute: async () => undefined },
    serviceManager: {
      contents: {
        get: async (path) => {
          if (path === "") return { content: Object.keys(files).map((name) => ({ name })) };
          if (!(path in files)) throw new Error("404");
          return { content: JSON.stringify(files[path]) };
        },
      },
    },
    shell: {
      add: (tab) => {
        tabs.push(tab);
        Object.assign(tab, { isAttached: true });
      },
      activateById: () => undefined,
    },
  };
  const newWidget = (node: HTMLElement): LuminoWidget =>
    ({ id: "", node, title: { label: "", caption: "", closable: false }, addClass: () => undefined, show: () => undefined, hide: () => undefined });
  return { app, tabs, shared: { newWidget } as unknown as Shared };
}

test("the home is one tab, drawn anew whenever it comes into sight", async () => {
  const files: Record<string, unknown> = { "course.json": COURSE };
  const { app, tabs, shared } = lab(files);
  const home = new Home(app, shared);
  assert.equal(await home.open(), true);
  assert.equal(await home.open(), true);
  assert.equal(tabs.length, 1);
  assert.match(tabs[0]?.node.textContent ?? "", /Start: The first/);
  files["progress.json"] = MIDWAY;
  tabs[0]?.onAfterShow?.();
  for (let i = 0; i < 40; i++) await Promise.resolve();
  assert.match(tabs[0]?.node.textContent ?? "", /Continue: The second/);
});

test("a home that was closed opens again", async () => {
  const { app, tabs, shared } = lab({ "course.json": COURSE });
  const home = new Home(app, shared);
  await home.open();
  Object.assign(tabs[0] ?? {}, { isAttached: false });
  await home.open();
  assert.equal(tabs.length, 2);
  assert.equal(tabs[0], tabs[1]);
});

test("without a course there is no home", async () => {
  const { app, tabs, shared } = lab({});
  assert.equal(await new Home(app, shared).open(), false);
  assert.deepEqual(tabs, []);
});
