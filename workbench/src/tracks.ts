// Tracks of a case within a time window: a line each, and where and when it begins and ends.

/** No line joins readings of one track farther apart than this. [s] */
const APART_S = 600;

interface Read {
  readonly at: GeoJSON.Position;
  readonly time: number;
}

const stamp = (time: number) => new Date(time * 1000).toISOString().slice(0, 16).replace("T", " ");

/** Returns the lines between two times, from the readings that are drawn. [s since 1970] */
export function linesWithin(features: GeoJSON.FeatureCollection, from: number, to: number): GeoJSON.FeatureCollection {
  const names = new Map<string, string>();
  const read = new Map<string, Read[]>();
  for (const { geometry, properties } of features.features) {
    const track = String(properties?.["track"]);
    if (properties?.["role"] === "track") names.set(track, String(properties["name"]));
    const time = Number(properties?.["t"]);
    if (properties?.["role"] !== "reading" || geometry.type !== "Point" || time < from || time > to) continue;
    const others = read.get(track) ?? [];
    others.push({ at: geometry.coordinates, time });
    read.set(track, others);
  }
  const drawn = [...read].flatMap(([track, readings]) => [...lines(readings), ...ends(names.get(track) ?? "", readings)]);
  return { type: "FeatureCollection", features: drawn };
}

function lines(readings: readonly Read[]): GeoJSON.Feature[] {
  const parts: GeoJSON.Position[][] = [];
  readings.forEach(({ at, time }, number) => {
    const before = readings[number - 1];
    if (before === undefined || time - before.time > APART_S) parts.push([]);
    parts.at(-1)?.push(at);
  });
  const long = parts.filter((part) => part.length > 1);
  return long.map((coordinates) => ({ type: "Feature", geometry: { type: "LineString", coordinates }, properties: { role: "track" } }));
}

/** The first reading with the track's name and date, the last one with its time. */
function ends(name: string, readings: readonly Read[]): GeoJSON.Feature[] {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined) return [];
  const end = ({ at }: Read, said: string): GeoJSON.Feature => ({ type: "Feature", geometry: { type: "Point", coordinates: at }, properties: { role: "end", name: said } });
  const day = stamp(first.time).slice(0, 10) === stamp(last.time).slice(0, 10) ? 11 : 0;
  return [end(first, `${name}\n${stamp(first.time)} UTC`), end(last, `→ ${stamp(last.time).slice(day)}`)];
}
