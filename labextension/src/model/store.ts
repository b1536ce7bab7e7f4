// The rows of one run as they stand, built from one snapshot and its changes.

import type { Changes, Snapshot, Table, TableName, Tables } from "./messages.ts";
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
  /** the time up to which the rows are known */
  nowS = 0;
  /** the engine still runs */
  live = false;
  /** names of the commands it takes */
  controls: readonly string[] = [];
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
    this.controls = message.controls;
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
    return [this.nodes, this.workers, this.tasks, this.objects, this.actors, this.waits] as Map<
      unknown,
      unknown
    >[];
  }

  private upsert(tables: Tables): void {
    const put = <K, R extends { id: K }>(into: Map<K, R>, name: TableName): void => {
      for (const row of decode<R>(tables[name])) into.set(row.id, row);
    };
    put(this.nodes, "nodes");
    put(this.workers, "workers");
    put(this.tasks, "tasks");
    put(this.objects, "objects");
    put(this.actors, "actors");
    put(this.waits, "waits");
  }
}

function decode<R>(table: Table | undefined): R[] {
  return table === undefined ? [] : table.rows.map((row) => toObject<R>(table.columns, row));
}

function toObject<R>(columns: readonly string[], values: unknown[]): R {
  const row: Record<string, unknown> = {};
  columns.forEach((column, i) => {
    row[column] = column === "attempts" ? toAttempts(values[i]) : values[i];
  });
  return row as R;
}

function toAttempts(value: unknown): Attempt[] {
  return (value as unknown[][]).map((row) => toObject<Attempt>(ATTEMPT_COLUMNS, row));
}
