// The part of a view that the first picture does not need: loaded right after it.

export { actorsPane } from "./views/actors.ts";
export { objectsPane } from "./views/objects.ts";
export { waitPane } from "./views/wait.ts";
export { drawTable } from "./views/table.ts";
export { actorTable, objectTable, waitTable } from "./views/tables.ts";
export { arrows } from "./views/timeline_recovery.ts";
export { drawFaults } from "./views/faults.ts";
export { between } from "./views/timeline_between.ts";
export { criticalLinks } from "./views/timeline_critical.ts";
export { details } from "./views/details.ts";
export { drawLog } from "./views/log.ts";
export { savePicture } from "./export.ts";
export { act } from "./actions.ts";
export { listenToTimeline } from "./gestures.ts";
export { ensureMoreStyle } from "./draw/style_more.ts";
export { drawErrors } from "./views/errors.ts";
export { taskInField } from "./views/field.ts";
export { copies, frames, lanes, namesInLane } from "./views/graph_frames.ts";
export { drawGroups, stepInGroups } from "./views/groups.ts";
export { blanks } from "./views/timeline_blanks.ts";
export { barsOnCanvas } from "./views/timeline_canvas.ts";
export { driverLane } from "./views/timeline_driver.ts";
export { stepInTime } from "./views/timeline_keys.ts";
export { drawTip } from "./views/tip.ts";
export { drawTransport } from "./views/transport.ts";
