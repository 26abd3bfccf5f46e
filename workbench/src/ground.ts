// The quiet ground under every map: the offline basemap's layers, in two schemes and two languages.
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";

export const FONT = ["Noto Sans"];
/** Quiet colours; the marks' own stay the same in both, told apart by shape too. */
const LIGHT = { sea: "#e4ebef", land: "#f6f5f1", line: "#b7b3a8", text: "#44484d", halo: "#f6f5f1", rim: "#1b1f24" };
const DARK = { sea: "#14191e", land: "#22272d", line: "#59616a", text: "#c3c9cf", halo: "#22272d", rim: "#f0f2f4" };
export type Colours = typeof LIGHT;
export const coloursNow = (): Colours => (matchMedia("(prefers-color-scheme: dark)").matches ? DARK : LIGHT);

export function ground(colours: Colours, language: string): LayerSpecification[] {
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
