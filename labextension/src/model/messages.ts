// The wire of docs/protocol.md.

import type { RunRow } from "./rows.ts";

export const PROTOCOL_VERSION = 1;

export interface Table {
  columns: string[];
  rows: unknown[][];
}

export type TableName = "nodes" | "workers" | "tasks" | "objects" | "actors" | "waits";

export type Tables = Partial<Record<TableName, Table>>;

export interface Snapshot {
  type: "snapshot";
  version: number;
  seq: number;
  now_s: number;
  live: boolean;
  controls: string[];
  /** what the engine cannot do, with the reasons */
  absent?: Record<string, string>;
  run: RunRow;
  tables: Tables;
}

export interface Changes {
  type: "changes";
  seq: number;
  base: number;
  now_s: number;
  live: boolean;
  run: RunRow;
  tables: Tables;
}

export interface Reply {
  type: "reply";
  id: number;
  ok: boolean;
  error: string;
}

/** Lines that tasks printed after their cell had ended; `start` numbers the first one. */
export interface Late {
  type: "log";
  start: number;
  /** (task's label, "stdout" or "stderr", line) */
  lines: [string, string, string][];
}

/** Is anybody there? A wait behind a pause wants to know. */
export interface Ask {
  type: "ask";
}

/** What the panel link carries besides; feeds the status bar. */
export interface Status {
  type: "status";
  cpus_in_use: number;
  num_cpus: number;
  tasks_waiting: number;
  tasks_running: number;
  session: boolean;
}

export type KernelMessage = Snapshot | Changes | Reply | Late | Ask | Status;

export type ViewMessage =
  | { type: "hello"; version: number }
  | { type: "resync" }
  | { type: "here" }
  | { type: "command"; id: number; name: string; args: Record<string, unknown> };

const KINDS = new Set(["snapshot", "changes", "reply", "log", "ask", "status"]);

/** Tell a message of the protocol from anything else on the same channel. */
export function isKernelMessage(value: unknown): value is KernelMessage {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    typeof value.type === "string" &&
    KINDS.has(value.type)
  );
}
