// Build the scripts, the map's worker, its style and font into the package's static files.
import { build } from "esbuild";
import { copyFile, mkdir } from "node:fs/promises";

const out = "../src/upwind/web/static";
const shared = { bundle: true, format: "esm", target: "es2022", minify: true, legalComments: "eof", logLevel: "warning" };
await build({ ...shared, entryPoints: ["src/main.ts"], outfile: `${out}/workbench.js`, external: ["/static/*"] });
await build({ ...shared, entryPoints: ["src/map.ts"], outfile: `${out}/map.js` });

const map = "node_modules/maplibre-gl";
const font = "node_modules/@fontsource/noto-sans";
await mkdir(`${out}/fonts`, { recursive: true });
await copyFile(`${map}/dist/maplibre-gl-worker.mjs`, `${out}/maplibre-gl-worker.mjs`);
await copyFile(`${map}/dist/maplibre-gl.css`, `${out}/maplibre-gl.css`);
await copyFile("node_modules/uplot/dist/uPlot.min.css", `${out}/uplot.css`);
await copyFile("node_modules/uplot/LICENSE", `${out}/uplot.LICENSE.txt`);
await copyFile(`${map}/LICENSE.txt`, `${out}/maplibre-gl.LICENSE.txt`);
await copyFile(`${font}/LICENSE`, `${out}/fonts/OFL.txt`);
for (const part of ["latin", "latin-ext"]) {
  for (const weight of [400, 600]) {
    const name = `noto-sans-${part}-${weight}-normal.woff2`;
    await copyFile(`${font}/files/${name}`, `${out}/fonts/${name}`);
  }
}
