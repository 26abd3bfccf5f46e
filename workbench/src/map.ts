// A page's map: the offline basemap, and over it a case or a search map. Loaded only where a page has a map; what it
// shows stands in the table beside it too.
import { addProtocol, Map as Ground, NavigationControl, Popup, ScaleControl, setWorkerUrl } from "maplibre-gl";
import type { FilterSpecification, GeoJSONFeature, GeoJSONSource, SourceSpecification, StyleSpecification } from "maplibre-gl";
import { Protocol } from "pmtiles";
import { coloursNow, ground } from "./ground";
import { caseMarks, diamond, searchMarks } from "./marks";
import { measureLayers, measureSource, startMeasure } from "./measure";
import { drawSeries, type Readings } from "./series";
import { linesWithin } from "./tracks";

setWorkerUrl("/static/maplibre-gl-worker.mjs");
addProtocol("pmtiles", new Protocol().tile);

/** What a page can do with its map once it is drawn: show a time window [s since 1970], and measure. */
export interface Drawn {
  readonly limit: (from: number, to: number) => void;
  readonly measure: () => void;
}

function style(features: GeoJSON.FeatureCollection, said: DOMStringMap): StyleSpecification {
  const colours = coloursNow();
  const peaks = features.features.map((one) => Number(one.properties?.["peak"] ?? 0));
  const tiles = (name: string) => ({ type: "vector" as const, url: `pmtiles://${location.origin}/static/basemap/${name}.pmtiles` });
  const picture = said["picture"];
  const sources: Record<string, SourceSpecification> = { world: tiles("world"), borders: tiles("borders"), case: { type: "geojson", data: features }, measure: measureSource };
  if (picture !== undefined) {
    const corners = JSON.parse(said["corners"] ?? "[]") as [[number, number], [number, number], [number, number], [number, number]];
    sources["picture"] = { type: "image", url: picture, coordinates: corners };
  } else {
    sources["tracks"] = { type: "geojson", data: linesWithin(features, -Infinity, Infinity) };
  }
  const marks = picture !== undefined ? searchMarks(colours) : caseMarks(colours, Math.max(...peaks, 0));
  return { version: 8, sources, layers: [...ground(colours, said["language"] ?? "en"), ...marks, ...measureLayers(colours)] };
}

/** The box of all but other sites and the zones about the site, which may reach far. */
function box(features: GeoJSON.FeatureCollection): [number, number, number, number] {
  const places: [number, number][] = [];
  const gather = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === "number") places.push([part[0], Number(part[1])]);
    else part.forEach(gather);
  };
  for (const one of features.features) {
    if (!["near", "zone"].includes(String(one.properties?.["role"])) && "coordinates" in one.geometry) gather(one.geometry.coordinates);
  }
  const [east, north] = [places.map((place) => place[0]), places.map((place) => place[1])];
  const least = 0.0005;
  return [Math.min(...east) - least, Math.min(...north) - least, Math.max(...east) + least, Math.max(...north) + least];
}

function popups(map: Ground, place: HTMLElement, units: string): void {
  const told = (feature: GeoJSONFeature): string => {
    const said = feature.properties;
    if (said["role"] === "cell") return String(said["said"]);
    if (said["t"] === undefined) return String(said["name"]);
    const time = new Date(Number(said["t"]) * 1000).toISOString().slice(0, 19).replace("T", " ");
    return `${said["name"] === undefined ? "" : `${said["name"]}\n`}${time} UTC\n${said["value"] ?? "–"} ${units}`;
  };
  const layers = ["reading", "near", "crossing", "cells"].filter((layer) => map.getLayer(layer) !== undefined);
  map.on("click", layers, (click) => {
    const feature = click.features?.[0];
    if (feature === undefined || place.dataset["measuring"] === "yes") return;
    new Popup({ className: "told" }).setLngLat(click.lngLat).setText(told(feature)).addTo(map);
  });
}

/** Returns what shows only the tracks, readings and crossings between two times. [s since 1970] */
function windowed(map: Ground, features: GeoJSON.FeatureCollection): (from: number, to: number) => void {
  return (from, to) => {
    for (const role of ["reading", "crossing"]) {
      const within: FilterSpecification = ["all", ["==", ["get", "role"], role], [">=", ["get", "t"], from], ["<=", ["get", "t"], to]];
      map.setFilter(role, within);
    }
    (map.getSource("tracks") as GeoJSONSource).setData(linesWithin(features, from, to));
  };
}

export async function drawMap(place: HTMLElement): Promise<Drawn> {
  const said = place.dataset;
  const features = (await (await fetch(said["map"] ?? "")).json()) as GeoJSON.FeatureCollection;
  await document.fonts.load("16px 'Noto Sans'");
  place.replaceChildren();
  const map = new Ground({
    container: place,
    style: style(features, said),
    bounds: box(features),
    fitBoundsOptions: { padding: 40, maxZoom: 16 },
    hash: "at",
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
  map.once("style.load", () => map.addImage("diamond", diamond(coloursNow())));
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ visualizePitch: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  map.once("idle", () => (place.dataset["drawn"] = "yes"));
  await map.once("load");
  return equip(map, place, features);
}

/** Gives a drawn map what a page does with it. */
function equip(map: Ground, place: HTMLElement, features: GeoJSON.FeatureCollection): Drawn {
  const readings = readingsOf(features);
  popups(map, place, readings.units);
  const shown = map.getLayer("reading") === undefined ? [] : [windowed(map, features)];
  const series = document.querySelector<HTMLElement>("[data-series]");
  if (series !== null && readings.times.length > 0) {
    shown.push(drawSeries(series, readings, (time) => map.setFilter("pointed", ["==", ["get", "t"], time])));
  }
  const tool = document.querySelector<HTMLElement>("[data-measure]");
  const measure = tool === null ? () => undefined : startMeasure(map, place, tool);
  return { limit: (from, to) => shown.forEach((limit) => limit(from, to)), measure };
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
