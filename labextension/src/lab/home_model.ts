// What the course home shows: the contents of the course beside the learner's progress.
// Both are files below the server's root; Python writes them (rayteach.teaching.home and
// rayteach.notebook.progress) and decides what comes next.

export interface Exercise {
  readonly name: string;
  readonly goal: string;
}

export interface Lesson {
  readonly name: string;
  readonly title: string;
  readonly minutes: number;
  readonly path: string;
  readonly exercises: readonly Exercise[];
}

export interface Contents {
  readonly lessons: readonly Lesson[];
}

export interface Progress {
  /** the exercise that comes next, "" if there is none */
  readonly next?: string;
  /** the exercise that was touched last */
  readonly latest?: string;
  readonly exercises?: Readonly<Record<string, { readonly solved?: string; readonly attempts?: number } | undefined>>;
}

export interface LessonState {
  readonly lesson: Lesson;
  readonly solved: number;
  readonly total: number;
  /** "done": all its exercises are solved; "begun": some was tried */
  readonly state: "done" | "begun" | "";
}

export function lessonStates(contents: Contents, progress: Progress): LessonState[] {
  return contents.lessons.map((lesson) => {
    const records = lesson.exercises.map(({ name }) => progress.exercises?.[name]);
    const solved = records.filter((record) => record?.solved).length;
    const total = records.length;
    const isBegun = records.some((record) => record !== undefined);
    return { lesson, solved, total, state: total > 0 && solved === total ? "done" : isBegun ? "begun" : "" };
  });
}

export interface Way {
  readonly label: string;
  readonly lesson: Lesson;
  /** the exercise to go on with, "" at the very start */
  readonly exercise: string;
}

/** Where "continue" leads; null when all is solved. */
export function wayOn(contents: Contents, progress: Progress): Way | null {
  const { lessons } = contents;
  if (progress.next === undefined) {
    const first = lessons.find((lesson) => lesson.exercises.length > 0) ?? lessons[0];
    return first === undefined ? null : { label: "Start", lesson: first, exercise: "" };
  }
  const name = progress.next;
  const lesson = lessons.find(({ exercises }) => exercises.some((one) => one.name === name));
  return lesson === undefined ? null : { label: "Continue", lesson, exercise: name };
}

/** "about 1 h 30 min" for the lessons that are not done. */
export function timeLeft(states: readonly LessonState[]): string {
  const open = states.filter(({ state, total }) => total > 0 && state !== "done");
  const minutes = open.reduce((sum, { lesson }) => sum + lesson.minutes, 0);
  return minutes === 0 ? "" : `about ${duration(minutes)} to go`;
}

export function duration(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = Math.round(minutes % 60);
  return [hours > 0 ? `${hours} h` : "", rest > 0 || hours === 0 ? `${rest} min` : ""].filter(Boolean).join(" ");
}
