// The docket's selection: one row, moved by keys or chosen by the pointer.
import type { Actions } from "./keys";
import { post } from "./post";

export function readDocket(page: Document): Actions {
  const rows = [...page.querySelectorAll<HTMLTableRowElement>("tr[data-case]")];
  if (rows.length === 0) return {};
  let at = 0;

  const select = (to: number) => {
    at = Math.min(Math.max(to, 0), rows.length - 1);
    rows.forEach((row, number) => row.setAttribute("aria-selected", String(number === at)));
    const row = rows[at];
    row?.scrollIntoView({ block: "nearest" });
    row?.querySelector("a")?.focus();
  };
  rows.forEach((row, number) => row.addEventListener("click", () => select(number)));
  const path = () => `/cases/${encodeURIComponent(rows[at]?.dataset["case"] ?? "")}`;
  return {
    next: () => select(at + 1),
    previous: () => select(at - 1),
    open: () => location.assign(path()),
    claim: () => post(`${path()}/claim`),
  };
}
