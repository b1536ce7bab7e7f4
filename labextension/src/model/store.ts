// The rows of one run as they stand, built from one snapshot and its changes.

import type { Changes, Snapshot, Table, TableName, Tables } from "./messages.ts";
import { Bars } from "./bars.ts";
import { Columns, Times } from "./columns.ts";
import { LateLines } from "./late.ts";
import { ATTEMPT_COLUMNS } from "./rows.ts";
import type {
  ActorRow,
  Attempt,
  NodeRow,
  ObjectRow,
  RunRow,
  TaskRow,
  WaitRow,
  WorkerRow,
} from "./rows.ts";

/** "gap": a message is missing, ask for a resync; "repeat": known already. */
export type Outcome = "applied" | "repeat" | "gap";

export const NO_RUN: RunRow = {
  id: -1, cell: "", execution: 0, start_s: 0, end_s: null, outcome: "", source: "",
  critical: [], why_not_faster: "", left_out: 0, left_out_failed: 0, left_out_work_s: 0, left_out_from_s: 0,
};

/** Rows by id, each table in order of appearance. */
export class RunStore {
  run: RunRow = NO_RUN;
  readonly nodes = new Map<string, NodeRow>();
  readonly workers = new Map<number, WorkerRow>();
  readonly tasks = new Map<number, TaskRow>();
  readonly objects = new Map<string, ObjectRow>();
  readonly actors = new Map<number, ActorRow>();
  readonly waits = new Map<number, WaitRow>();
  /** the tasks once more, as numbers */
  readonly columns = new Columns();
  /** the bars of the timeline; they grow with the rows */
  readonly bars = new Bars();
  /** when each object came to be */
  readonly made = new Times();
  /** what came after the cell had ended */
  readonly late = new LateLines();
  /** objects that no task makes */
  readonly puts = new Map<string, ObjectRow>();
  /** the time up to which the rows are known */
  nowS = 0;
  /** the engine still runs */
  live = false;
  /** names of the commands it takes */
  controls: readonly string[] = [];
  /** commands that other engines take, with why this one cannot */
  absent: Readonly<Record<string, string>> = {};
  /** grows with every change: a key for caches */
  revision = 0;
  private seq: number | null = null;

  /** Whether a snapshot has come. */
  get isKnown(): boolean {
    return this.seq !== null;
  }

  apply(message: Snapshot | Changes): Outcome {
    return message.type === "snapshot" ? this.replace(message) : this.extend(message);
  }

  private replace(message: Snapshot): Outcome {
    for (const table of this.tables()) table.clear();
    this.columns.clear();
    this.bars.clear();
    this.made.clear();
    this.late.clear();
    this.controls = message.controls;
    this.absent = message.absent ?? {};
    return this.take(message);
  }

  private extend(message: Changes): Outcome {
    if (this.seq === null) return "gap";
    if (message.seq <= this.seq) return "repeat";
    if (message.base !== this.seq) return "gap";
    return this.take(message);
  }

  private take(message: Snapshot | Changes): Outcome {
    this.seq = message.seq;
    this.nowS = message.now_s;
    this.live = message.live;
    this.run = message.run;
    this.revision += 1;
    this.upsert(message.tables);
    return "applied";
  }

  private tables(): Map<unknown, unknown>[] {
    return [this.nodes, this.workers, this.tasks, this.objects, this.actors, this.waits, this.puts] as Map<
      unknown,
      unknown
    >[];
  }

  private upsert(tables: Tables): void {
    const put = <K, R extends { id: K }>(into: Map<K, R>, name: TableName, take?: (row: R) => void): void => {
      const table = tables[name];
      for (const values of table?.rows ?? []) {
        const id = values[(table as Table).columns.indexOf("id")] as K;
        // A row that is known changes in place: what refers to it stays right.
        const row = toObject<R>((table as Table).columns, values, into.get(id));
        into.set(id, row);
        take?.(row);
      }
    };
    put(this.nodes, "nodes");
    put(this.workers, "workers");
    put(this.tasks, "tasks", (task) => {
      this.columns.put(task);
      this.bars.put(task);
    });
    put(this.objects, "objects", (object) => {
      this.made.put(object.id, object.created_s);
      if (object.task === null) this.puts.set(object.id, object);
    });
    put(this.actors, "actors");
    put(this.waits, "waits");
  }
}

function toObject<R>(columns: readonly string[], values: unknown[], known?: R): R {
  const row = (known ?? {}) as Record<string, unknown>;
  for (let i = 0; i < columns.length; i += 1) {
    const column = columns[i] as string;
    row[column] = column === "attempts" ? toAttempts(values[i]) : values[i];
  }
  return row as R;
}

function toAttempts(value: unknown): Attempt[] {
  return (value as unknown[][]).map((row) => toObject<Attempt>(ATTEMPT_COLUMNS, row));
}
