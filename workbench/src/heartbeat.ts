/** A lease ends ten minutes after its last heartbeat. [ms] */
const EVERY_MS = 120_000;

/** Keep the lease of the case on this page while somebody works here; whoever left loses it. */
export function keepLease(page: Document): void {
  const path = page.querySelector<HTMLFormElement>("form[data-judgement]")?.action.replace(/\/judge$/, "/heartbeat");
  if (path === undefined) return;
  const heartbeat = path.replace("/cases/", "/api/v1/cases/");
  let isAtWork = true;
  for (const sign of ["keydown", "pointermove", "scroll"]) {
    page.addEventListener(sign, () => (isAtWork = true), { passive: true });
  }
  setInterval(() => {
    if (isAtWork) void fetch(heartbeat, { method: "POST" });
    isAtWork = false;
  }, EVERY_MS);
}
