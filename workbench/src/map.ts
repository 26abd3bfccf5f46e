// A case's map: the offline basemap, and over it the site, its region, tracks and other sites. Loaded only where a page
// has a map; what it shows stands in the table beside it too.
import { addProtocol, Map as Ground, NavigationControl, Popup, ScaleControl, setWorkerUrl } from "maplibre-gl";
import type { ExpressionSpecification, FilterSpecification, GeoJSONFeature, LayerSpecification, StyleSpecification } from "maplibre-gl";
import { Protocol } from "pmtiles";
import { drawSeries, type Readings } from "./series";

setWorkerUrl("/static/maplibre-gl-worker.mjs");
addProtocol("pmtiles", new Protocol().tile);

const FONT = ["Noto Sans"];
/** Quiet colours; the marks' own stay the same in both, told apart by shape too. */
const LIGHT = { sea: "#e4ebef", land: "#f6f5f1", line: "#b7b3a8", text: "#44484d", halo: "#f6f5f1", rim: "#1b1f24" };
const DARK = { sea: "#14191e", land: "#22272d", line: "#59616a", text: "#c3c9cf", halo: "#22272d", rim: "#f0f2f4" };
type Colours = typeof LIGHT;
/** Cividis, of concentration from nothing to the most that was read. */
const RAMP = ["#00204d", "#414d6b", "#7c7b78", "#bcae6c", "#ffea46"];
const SITE = "#d55e00";
const NEAR = "#56b4e9";

function ground(colours: Colours, language: string): LayerSpecification[] {
  const name: ExpressionSpecification = ["get", language === "es" ? "name_es" : "name"];
  const label = (id: string, kind: string, size: ExpressionSpecification | number, extra: object): LayerSpecification => ({
    id,
    type: "symbol",
    source: "world",
    "source-layer": "labels",
    filter: ["==", ["get", "kind"], kind],
    layout: { "text-field": name, "text-font": FONT, "text-size": size, "text-max-width": 8, ...extra },
    paint: { "text-color": colours.text, "text-halo-color": colours.halo, "text-halo-width": 1.5 },
  });
  const line = (id: string, source: string, layer: string, width: number, dashes: number[]): LayerSpecification => ({
    id,
    type: "line",
    source,
    "source-layer": layer,
    paint: { "line-color": colours.line, "line-width": width, "line-dasharray": dashes },
  });
  const fill = (id: string, colour: string): LayerSpecification => ({
    id,
    type: "fill",
    source: "world",
    "source-layer": id,
    paint: { "fill-color": colour },
  });
  return [
    { id: "sea", type: "background", paint: { "background-color": colours.sea } },
    fill("land", colours.land),
    fill("lakes", colours.sea),
    line("parts", "world", "parts", 0.7, [3, 2]),
    line("states", "world", "states", 1.4, [1]),
    line("borders", "borders", "borders", 0.8, [6, 2, 1, 2]),
    label("places", "place", 12, { "symbol-sort-key": ["-", ["get", "people"]], "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 0.4 }),
    label("countries", "state", ["interpolate", ["linear"], ["zoom"], 1, 11, 5, 16], { "text-transform": "uppercase", "text-letter-spacing": 0.1 }),
  ];
}

function marks(colours: Colours, most: number): LayerSpecification[] {
  const is = (role: string): FilterSpecification => ["==", ["get", "role"], role];
  const value: ExpressionSpecification = ["/", ["coalesce", ["get", "value"], 0], most || 1];
  const shades = RAMP.flatMap((colour, at) => [at / (RAMP.length - 1), colour]);
  return [
    { id: "region", type: "fill", source: "case", filter: is("region"), paint: { "fill-color": SITE, "fill-opacity": 0.18 } },
    { id: "region-rim", type: "line", source: "case", filter: is("region"), paint: { "line-color": SITE, "line-width": 2, "line-dasharray": [2, 2] } },
    { id: "track", type: "line", source: "case", filter: is("track"), paint: { "line-color": colours.line, "line-width": 1 } },
    {
      id: "reading",
      type: "circle",
      source: "case",
      filter: is("reading"),
      layout: { "circle-sort-key": ["coalesce", ["get", "value"], 0] },
      paint: {
        "circle-color": ["interpolate", ["linear"], value, ...shades] as ExpressionSpecification,
        "circle-radius": ["interpolate", ["linear"], value, 0, 2.5, 1, 7],
        "circle-stroke-color": colours.rim,
        "circle-stroke-width": 0.2,
      },
    },
    { id: "pointed", type: "circle", source: "case", filter: ["==", ["get", "t"], -1], paint: { "circle-radius": 10, "circle-opacity": 0, "circle-stroke-color": colours.rim, "circle-stroke-width": 2 } },
    { id: "near", type: "circle", source: "case", filter: is("near"), paint: { "circle-color": NEAR, "circle-radius": 5, "circle-stroke-color": colours.rim, "circle-stroke-width": 1.5 } },
    { id: "site", type: "circle", source: "case", filter: is("site"), paint: { "circle-color": SITE, "circle-radius": 7, "circle-stroke-color": colours.rim, "circle-stroke-width": 2 } },
    {
      id: "names",
      type: "symbol",
      source: "case",
      filter: ["in", ["get", "role"], ["literal", ["near", "site"]]],
      layout: { "symbol-sort-key": ["case", ["==", ["get", "role"], "site"], 0, 1], "text-field": ["get", "name"], "text-font": FONT, "text-size": 12, "text-offset": [0, 1.2], "text-anchor": "top" },
      paint: { "text-color": colours.rim, "text-halo-color": colours.halo, "text-halo-width": 1.5 },
    },
  ];
}

function style(features: GeoJSON.FeatureCollection, language: string): StyleSpecification {
  const colours = matchMedia("(prefers-color-scheme: dark)").matches ? DARK : LIGHT;
  const peaks = features.features.map((one) => Number(one.properties?.["peak"] ?? 0));
  const tiles = (name: string) => ({ type: "vector" as const, url: `pmtiles://${location.origin}/static/basemap/${name}.pmtiles` });
  return {
    version: 8,
    sources: { world: tiles("world"), borders: tiles("borders"), case: { type: "geojson", data: features } },
    layers: [...ground(colours, language), ...marks(colours, Math.max(...peaks, 0))],
  };
}

/** The box of the region and the tracks, or about the site where there is neither. */
function box(features: GeoJSON.FeatureCollection): [number, number, number, number] {
  const places: [number, number][] = [];
  const gather = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === "number") places.push([part[0], Number(part[1])]);
    else part.forEach(gather);
  };
  for (const one of features.features) {
    if (one.properties?.["role"] !== "near" && "coordinates" in one.geometry) gather(one.geometry.coordinates);
  }
  const [east, north] = [places.map((place) => place[0]), places.map((place) => place[1])];
  const least = 0.002;
  return [Math.min(...east) - least, Math.min(...north) - least, Math.max(...east) + least, Math.max(...north) + least];
}

function popups(map: Ground, units: string): void {
  const told = (feature: GeoJSONFeature): string => {
    const said = feature.properties;
    if (said["role"] !== "reading") return String(said["name"]);
    const time = new Date(Number(said["t"]) * 1000).toISOString().slice(0, 19).replace("T", " ");
    return `${time} UTC\n${said["value"] ?? "–"} ${units}`;
  };
  map.on("click", ["reading", "near"], (click) => {
    const feature = click.features?.[0];
    if (feature !== undefined) new Popup({ className: "told" }).setLngLat(click.lngLat).setText(told(feature)).addTo(map);
  });
}

/** Returns what shows only readings between two times. [s since 1970] */
function windowed(map: Ground): (from: number, to: number) => void {
  return (from, to) => {
    const within: FilterSpecification = ["all", ["==", ["get", "role"], "reading"], [">=", ["get", "t"], from], ["<=", ["get", "t"], to]];
    map.setFilter("reading", within);
  };
}

export async function drawMap(place: HTMLElement): Promise<(from: number, to: number) => void> {
  const said = place.dataset;
  const features = (await (await fetch(said["map"] ?? "")).json()) as GeoJSON.FeatureCollection;
  await document.fonts.load("16px 'Noto Sans'");
  place.replaceChildren();
  const map = new Ground({
    container: place,
    style: style(features, said["language"] ?? "en"),
    bounds: box(features),
    fitBoundsOptions: { padding: 48, maxZoom: 16 },
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    locale: {
      "NavigationControl.ZoomIn": said["zoomIn"] ?? "",
      "NavigationControl.ZoomOut": said["zoomOut"] ?? "",
      "NavigationControl.ResetBearing": said["north"] ?? "",
      "Map.Title": said["title"] ?? "",
    },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ visualizePitch: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  map.once("idle", () => (place.dataset["drawn"] = "yes"));
  const readings = readingsOf(features);
  popups(map, readings.units);
  await map.once("load");
  const shown = [windowed(map)];
  const series = document.querySelector<HTMLElement>("[data-series]");
  if (series !== null && readings.times.length > 0) {
    shown.push(drawSeries(series, readings, (time) => map.setFilter("pointed", ["==", ["get", "t"], time])));
  }
  return (from, to) => shown.forEach((limit) => limit(from, to));
}

/** All readings in order of time. */
function readingsOf(features: GeoJSON.FeatureCollection): Readings {
  const said = features.features.map((one) => one.properties ?? {});
  const readings = said.filter((one) => one["role"] === "reading").sort((one, other) => one["t"] - other["t"]);
  return {
    times: readings.map((one) => Number(one["t"])),
    values: readings.map((one) => one["value"] as number | null),
    units: String(said.find((one) => one["role"] === "track")?.["units"] ?? ""),
  };
}
