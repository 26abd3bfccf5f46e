// The map of a page, if it has one: fetched when the page is there, since it is large; its time window, its measure.
import type { Actions } from "./keys";
import { keepNumbers, numbersOf } from "./permalink";

/** The map waits no longer for the text. [ms] */
const LONGEST_MS = 1000;

/** Wait until the page's text is on the screen: a map that starts takes every processor for a while. */
function textShown(): Promise<void> {
  return new Promise((done) => {
    new PerformanceObserver(() => done()).observe({ type: "paint", buffered: true });
    setTimeout(done, LONGEST_MS);
  });
}

export function startMap(page: Document): Actions {
  const place = page.querySelector<HTMLElement>("[data-map]");
  if (place === null) return {};
  const drawn = textShown().then(() => import("/static/map.js" as string) as Promise<typeof import("./map")>);
  const show = drawn.then(({ drawMap }) => drawMap(place));
  show.catch(() => {
    place.replaceChildren(Object.assign(page.createElement("p"), { textContent: place.dataset["failed"] ?? "" }));
  });
  const form = page.querySelector<HTMLFormElement>("[data-window]");
  const actions: Actions = {
    map: () => (place.querySelector<HTMLElement>("canvas") ?? place).focus(),
    measure: () => void show.then(({ measure }) => measure()),
  };
  return form === null ? actions : { ...actions, ...timeWindow(form, (from, to) => void show.then(({ limit }) => limit(from, to))) };
}

/** Two ends that stay in order and in the address; keys move both by a tenth of the whole. */
function timeWindow(form: HTMLFormElement, limit: (from: number, to: number) => void): Actions {
  const [from, to] = [...form.querySelectorAll<HTMLInputElement>("input[type=range]")];
  const output = form.querySelector("output");
  if (from === undefined || to === undefined || output === null) return {};
  const [least, most] = [Number(from.min), Number(from.max)];
  const words = (end: HTMLInputElement) => new Date(Number(end.value) * 1000).toISOString().slice(0, 19).replace("T", " ");
  const told = () => {
    for (const end of [from, to]) end.setAttribute("aria-valuetext", `${words(end)} UTC`);
    output.textContent = `${words(from)} – ${words(to)} UTC`;
    const ends = [Number(from.value), Number(to.value)] as const;
    limit(...ends);
    keepNumbers("window", ends[0] === least && ends[1] === most ? [] : ends);
  };
  from.addEventListener("input", () => { if (Number(from.value) > Number(to.value)) to.value = from.value; told(); });
  to.addEventListener("input", () => { if (Number(to.value) < Number(from.value)) from.value = to.value; told(); });
  const slide = (tenths: number) => () => {
    const [start, end] = [Number(from.value), Number(to.value)];
    const whole = start === least && end === most;
    const width = whole ? (most - least) / 5 : end - start;
    const begin = whole ? (tenths > 0 ? least : most - width) : start + (tenths * (most - least)) / 10;
    const first = Math.min(Math.max(begin, least), most - width);
    from.value = String(first);
    to.value = String(first + width);
    told();
  };
  const kept = numbersOf("window", 2);
  if (kept !== null) [from.value, to.value] = kept.map(String) as [string, string];
  form.hidden = false;
  told();
  return { earlier: slide(-1), later: slide(1) };
}
