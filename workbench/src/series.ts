// Concentration over time under the map: the same readings, the same window; where the pointer is, the map marks.
import uPlot from "uplot";

/** So far apart, two readings are of different passes, and no line joins them. [s] */
const APART_S = 30;
const HEIGHT_PX = 152;

export interface Readings {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  readonly units: string;
}

/** Draws readings; returns what shows only those between two times. `point` hears the time under the pointer. */
export function drawSeries(place: HTMLElement, readings: Readings, point: (time: number) => void): (from: number, to: number) => void {
  place.hidden = false;
  const paint = (name: string) => getComputedStyle(place).getPropertyValue(name).trim();
  const axis = { stroke: paint("--ink"), grid: { stroke: paint("--rule"), width: 1 }, ticks: { stroke: paint("--rule") }, font: "12px 'Noto Sans', sans-serif" };
  const options: uPlot.Options = {
    width: place.clientWidth,
    height: HEIGHT_PX,
    tzDate: (time) => uPlot.tzDate(new Date(time * 1000), "Etc/UTC"),
    legend: { show: false },
    scales: { x: { time: true } },
    series: [{}, { stroke: paint("--accent"), width: 1.5, points: { show: false } }],
    axes: [{ ...axis, space: 80, size: 44, values: (_, ticks) => ticks.map(clocks) }, { ...axis, label: readings.units, labelSize: 20, labelFont: axis.font, size: 56 }],
    cursor: { drag: { x: false, y: false } },
    hooks: { setCursor: [(plot) => { const at = plot.cursor.idx; if (at != null) point(Number(plot.data[0][at])); }] },
  };
  const plot = new uPlot(options, parted(readings), place);
  new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT_PX })).observe(place);
  return (from, to) => plot.setScale("x", { min: from, max: Math.max(to, from + 1) });
}

/** The time of a tick, and over it the day where that is not the tick's before. */
function clocks(time: number, at: number, ticks: readonly number[]): string {
  const [said, before] = [time, ticks[at - 1] ?? NaN].map((tick) => (Number.isNaN(tick) ? "" : new Date(tick * 1000).toISOString())) as [string, string];
  return said.slice(0, 10) === before.slice(0, 10) ? said.slice(11, 19) : `${said.slice(11, 19)}\n${said.slice(0, 10)}`;
}

/** Readings with a gap where a pass ends. */
function parted(readings: Readings): uPlot.AlignedData {
  const times: number[] = [];
  const values: (number | null)[] = [];
  readings.times.forEach((time, at) => {
    const before = times.at(-1);
    if (before !== undefined && time - before > APART_S) {
      times.push(before + 1);
      values.push(null);
    }
    times.push(time);
    values.push(readings.values[at] ?? null);
  });
  return [times, values];
}
