// The time axis: what span is shown, where its ticks stand, how a time is written.

export interface Axis {
  from: number;
  to: number;
  ticks: number[];
  step: number;
}

/** The axis leaves room before the live edge and grows in jumps, so that bars stand still. */
export function axisFor(start: number, head: number, isLive: boolean, widthPx: number): Axis {
  const length = Math.max(head - start, 0.001);
  const span = isLive ? growing(length) : length * 1.02;
  const step = niceStep(span, widthPx / 84);
  const ticks: number[] = [];
  for (let i = 0; i * step <= span * (1 + 1e-9); i += 1) ticks.push(i * step);
  return { from: start, to: start + span, ticks, step };
}

/** The axis of a part of the run; ticks count from the start of the run as ever. */
export function axisBetween(start: number, from: number, to: number, widthPx: number): Axis {
  const step = niceStep(to - from, widthPx / 84);
  const ticks: number[] = [];
  for (let i = Math.ceil((from - start) / step - 1e-9); i * step <= to - start + step * 1e-9; i += 1) ticks.push(i * step);
  return { from, to, ticks, step };
}

/** The smallest of 0.25 s × 1.3^k that leaves a tenth of room. */
function growing(length: number): number {
  let span = 0.25;
  while (span < length * 1.1) span *= 1.3;
  return span;
}

/** 1, 2 or 5 times a power of ten, for at most `count` steps. */
export function niceStep(span: number, count: number): number {
  const raw = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((f) => f * power >= raw * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** A tick's label: milliseconds below a tenth of a second, the unit on the first. */
export function tickLabel(seconds: number, step: number): string {
  if (step < 0.05) {
    const ms = seconds * 1000;
    return seconds === 0 ? "0 ms" : ms.toFixed(step < 0.0001 ? 2 : step < 0.001 ? 1 : 0);
  }
  return seconds === 0 ? "0 s" : seconds.toFixed(step < 0.1 ? 2 : step < 1 ? 1 : 0);
}

/** The unit of a tick's label, with a space before it. */
export function unitOf(step: number): string {
  return step < 0.05 ? " ms" : " s";
}

/** A moment or a length in words: "2.6 ms", "0.46 s", "12.3 s", "4 min 5 s". */
export function duration(seconds: number): string {
  const s = Math.max(0, seconds);
  if (s < 0.00005) return "0 s";
  if (s < 0.01) return `${(s * 1000).toFixed(1)} ms`;
  if (s < 0.1) return `${(s * 1000).toFixed(0)} ms`;
  if (s < 10) return `${s.toFixed(2)} s`;
  if (s < 60) return `${s.toFixed(1)} s`;
  const whole = Math.round(s);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** "8.1 MB" */
export function bytes(n: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = n < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(n) / 3));
  const value = n / 1000 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}
