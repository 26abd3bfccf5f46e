// News: the stream says which cases changed, never what was said. What is on screen is never moved; a mark says that
// it is older than what the store knows, and a press loads it anew.

export function followCases(page: Document): void {
  const mark = page.querySelector<HTMLButtonElement>("[data-news]");
  if (mark === null) return;
  mark.addEventListener("click", () => location.reload());
  const shown = new Set([...page.querySelectorAll<HTMLElement>("[data-case]")].map((one) => one.dataset["case"]));
  const isDocket = page.querySelector("tr[data-case]") !== null;
  // A page that was brought ahead of time hears what changed since it was made.
  const made = page.documentElement.dataset["size"];
  const stream = new EventSource(made === undefined ? "/api/v1/events" : `/api/v1/events?after=${made}`);
  stream.addEventListener("case", (event) => {
    const { case: changed } = JSON.parse((event as MessageEvent<string>).data) as { case: string };
    if (isDocket || shown.has(changed)) mark.hidden = false;
  });
}
