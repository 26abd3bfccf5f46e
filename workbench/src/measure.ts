// The measure: two places set on the map by pointer, or by the keyboard through the cross in its middle.
import type { GeoJSONSource, LayerSpecification, Map as Ground } from "maplibre-gl";
import { wayBetween } from "./geodesic";
import { FONT, type Colours } from "./ground";
import { keepNumbers, numbersOf } from "./permalink";

type Place = [number, number];
const NOTHING: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

export const measureSource = { type: "geojson" as const, data: NOTHING };

export function measureLayers(colours: Colours): LayerSpecification[] {
  const line = (id: string, colour: string, width: number): LayerSpecification => ({ id, type: "line", source: "measure", paint: { "line-color": colour, "line-width": width } });
  return [
    line("measure-rim", colours.halo, 5),
    line("measure", colours.rim, 2),
    { id: "measure-ends", type: "circle", source: "measure", paint: { "circle-radius": 4, "circle-color": colours.halo, "circle-stroke-color": colours.rim, "circle-stroke-width": 2 } },
    {
      id: "measured",
      type: "symbol",
      source: "measure",
      filter: ["has", "said"],
      layout: { "text-field": ["get", "said"], "text-font": FONT, "text-size": 13, "text-offset": [0, -1], "text-anchor": "bottom", "text-allow-overlap": true },
      paint: { "text-color": colours.rim, "text-halo-color": colours.halo, "text-halo-width": 2 },
    },
  ];
}

/** Starts the tool of a page; returns what turns it on and off. */
export function startMeasure(map: Ground, place: HTMLElement, tool: HTMLElement): () => void {
  const [button, output] = [tool.querySelector("button"), tool.querySelector("output")];
  if (button === null || output === null) return () => undefined;
  tool.hidden = false;
  const cross = Object.assign(document.createElement("div"), { className: "cross", hidden: true, ariaHidden: "true" });
  place.append(cross);
  let ends: Place[] = [];

  const draw = (aim?: Place) => {
    const places = ends.length === 1 && aim !== undefined ? [...ends, aim] : ends;
    const said = wayOf(places);
    (map.getSource("measure") as GeoJSONSource | undefined)?.setData(drawn(places, said));
    if (said !== "") output.textContent = said;
  };
  const set = (at: Place) => {
    ends = ends.length === 1 ? [...ends, at] : [at];
    output.textContent = tool.dataset["end"] ?? "";
    draw();
    keepNumbers("measure", ends.length === 2 ? ends.flat().map((angle) => Number(angle.toFixed(6))) : []);
  };
  const turn = (on: boolean) => {
    button.ariaPressed = String(on);
    cross.hidden = !on;
    place.dataset["measuring"] = on ? "yes" : "";
    output.textContent = on ? (tool.dataset["start"] ?? "") : "";
    ends = [];
    draw();
    keepNumbers("measure", []);
  };
  const isOn = () => button.ariaPressed === "true";
  const toggle = () => {
    turn(!isOn());
    if (isOn()) map.getCanvas().focus();
  };

  button.addEventListener("click", toggle);
  map.on("click", (click) => isOn() && set(click.lngLat.toArray()));
  map.on("mousemove", (move) => isOn() && draw(move.lngLat.toArray()));
  map.on("move", () => isOn() && draw(map.getCenter().toArray()));
  map.getCanvas().addEventListener("keydown", (press) => {
    if (!isOn() || !["Enter", "Escape"].includes(press.key)) return;
    press.preventDefault();
    if (press.key === "Enter") set(map.getCenter().toArray());
    else turn(false);
  });
  const kept = numbersOf("measure", 4);
  if (kept !== null) {
    turn(true);
    set([kept[0], kept[1]] as Place);
    set([kept[2], kept[3]] as Place);
  }
  return toggle;
}

function wayOf(places: readonly Place[]): string {
  const [from, to] = places;
  if (from === undefined || to === undefined) return "";
  const { metres, bearing } = wayBetween(from, to);
  const long = metres < 10_000 ? `${metres.toFixed(metres < 100 ? 1 : 0)} m` : `${(metres / 1000).toFixed(2)} km`;
  return `${long}, ${(Math.round(bearing) % 360).toFixed(0)}°`;
}

function drawn(places: readonly Place[], said: string): GeoJSON.FeatureCollection {
  const last = places.length - 1;
  const points = places.map((coordinates, at): GeoJSON.Feature => ({ type: "Feature", geometry: { type: "Point", coordinates }, properties: at === last && said !== "" ? { said } : {} }));
  const line: GeoJSON.Feature[] = places.length > 1 ? [{ type: "Feature", geometry: { type: "LineString", coordinates: [...places] }, properties: {} }] : [];
  return { type: "FeatureCollection", features: [...line, ...points] };
}
