// What lies over the ground: of a case its zones, regions, tracks, readings and sites; of a search map its cells.
import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";
import { FONT, type Colours } from "./ground";

/** Viridis, as in the report and the search map, of concentration from nothing to the most that was read. */
const RAMP = ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"];
const SITE = "#d55e00";
const NEAR = "#56b4e9";
/** Red is for hazard to people, nothing else. */
const HAZARD = "#c8102e";
/** Limits are told apart by their strokes. */
const STROKES: Record<string, number[]> = { "level 3": [1], "level 2": [5, 2], "level 1": [1, 2], "flammable 60 %": [5, 2, 1, 2], "flammable 10 %": [3, 1, 1, 1], odour: [1, 4] };

const is = (role: string): FilterSpecification => ["==", ["get", "role"], role];

function label(id: string, source: string, filter: FilterSpecification, colours: Colours, layout: object): LayerSpecification {
  return {
    id,
    type: "symbol",
    source,
    filter,
    layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 12, ...layout },
    paint: { "text-color": colours.rim, "text-halo-color": colours.halo, "text-halo-width": 1.5 },
  };
}

function hazards(): LayerSpecification[] {
  const width: ExpressionSpecification = ["step", ["coalesce", ["get", "chance"], 0.5], 1, 0.25, 2, 0.75, 3];
  const zone = (limit: string, dashes: number[]): LayerSpecification => ({
    id: `zone-${limit}`,
    type: "line",
    source: "case",
    filter: ["all", is("zone"), ["==", ["get", "limit"], limit]] as FilterSpecification,
    paint: { "line-color": HAZARD, "line-width": width, "line-dasharray": dashes },
  });
  return [
    { id: "zones", type: "fill", source: "case", filter: is("zone"), paint: { "fill-color": HAZARD, "fill-opacity": 0.06 } },
    ...Object.entries(STROKES).map(([limit, dashes]) => zone(limit, dashes)),
    { id: "keep", type: "line", source: "case", filter: is("keep"), paint: { "line-color": HAZARD, "line-width": 1.5, "line-dasharray": [8, 3] } },
  ];
}

function regions(): LayerSpecification[] {
  const level = (held: number): FilterSpecification => ["all", is("region"), ["==", ["get", "level"], held]] as FilterSpecification;
  return [
    { id: "region", type: "fill", source: "case", filter: is("region"), paint: { "fill-color": SITE, "fill-opacity": 0.15 } },
    { id: "region-90", type: "line", source: "case", filter: level(90), paint: { "line-color": SITE, "line-width": 2, "line-dasharray": [2, 2] } },
    { id: "region-50", type: "line", source: "case", filter: level(50), paint: { "line-color": SITE, "line-width": 2 } },
  ];
}

/** The layers of a case. `most` is the greatest reading. */
export function caseMarks(colours: Colours, most: number): LayerSpecification[] {
  const value: ExpressionSpecification = ["/", ["coalesce", ["get", "value"], 0], most || 1];
  const shades = RAMP.flatMap((colour, at) => [at / (RAMP.length - 1), colour]);
  return [
    ...hazards(),
    ...regions(),
    { id: "track", type: "line", source: "tracks", filter: is("track"), paint: { "line-color": colours.line, "line-width": 1 } },
    {
      id: "reading",
      type: "circle",
      source: "case",
      filter: is("reading"),
      layout: { "circle-sort-key": ["coalesce", ["get", "value"], 0] },
      paint: {
        "circle-color": ["interpolate", ["linear"], value, ...shades] as ExpressionSpecification,
        "circle-opacity": ["interpolate", ["linear"], value, 0, 0.3, 0.1, 1],
        "circle-radius": ["interpolate", ["linear"], value, 0, 2.5, 1, 7],
        "circle-stroke-color": colours.rim,
        "circle-stroke-width": 0.2,
      },
    },
    { id: "pointed", type: "circle", source: "case", filter: ["==", ["get", "t"], -1], paint: { "circle-radius": 10, "circle-opacity": 0, "circle-stroke-color": colours.rim, "circle-stroke-width": 2 } },
    { id: "crossing", type: "symbol", source: "case", filter: is("crossing"), layout: { "icon-image": "diamond", "icon-allow-overlap": true } },
    { id: "near", type: "circle", source: "case", filter: is("near"), paint: { "circle-color": NEAR, "circle-radius": 5, "circle-stroke-color": colours.rim, "circle-stroke-width": 1.5 } },
    { id: "site", type: "circle", source: "case", filter: is("site"), paint: { "circle-color": SITE, "circle-radius": 7, "circle-stroke-color": colours.rim, "circle-stroke-width": 2 } },
    label("dates", "tracks", is("end"), colours, { "text-size": 11, "text-variable-anchor": ["top-left", "bottom-left", "top-right", "bottom-right"], "text-radial-offset": 0.6, "text-justify": "auto" }),
    label("names", "case", ["in", ["get", "role"], ["literal", ["near", "site"]]], colours, { "symbol-sort-key": ["case", ["==", ["get", "role"], "site"], 0, 1], "text-offset": [0, 1.2], "text-anchor": "top" }),
  ];
}

/** The layers of a search map: its picture, and the numbered cells. */
export function searchMarks(colours: Colours): LayerSpecification[] {
  const outline = (id: string, colour: string, width: number): LayerSpecification => ({ id, type: "line", source: "case", filter: is("cell"), paint: { "line-color": colour, "line-width": width } });
  return [
    { id: "searched", type: "raster", source: "picture", paint: { "raster-opacity": 0.8, "raster-resampling": "nearest", "raster-fade-duration": 0 } },
    { id: "whole", type: "line", source: "case", filter: is("searched"), paint: { "line-color": colours.rim, "line-width": 1 } },
    outline("cell-rim", colours.halo, 3),
    outline("cell", colours.rim, 1.2),
    label("cells", "case", is("cell"), colours, { "text-size": 11, "text-allow-overlap": false }),
  ];
}

/** A rhombus for crossings, as an image of the map. */
export function diamond(colours: Colours): ImageData {
  const side = 20;
  const paint = Object.assign(document.createElement("canvas"), { width: side, height: side }).getContext("2d");
  if (paint === null) return new ImageData(side, side);
  paint.translate(side / 2, side / 2);
  paint.rotate(Math.PI / 4);
  for (const [colour, width] of [[colours.halo, 5], [colours.rim, 2]] as const) {
    Object.assign(paint, { strokeStyle: colour, lineWidth: width });
    paint.strokeRect(-5, -5, 10, 10);
  }
  return paint.getImageData(0, 0, side, side);
}
