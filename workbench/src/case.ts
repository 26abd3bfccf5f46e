// A case by keys: verdict, likelihood, reason; claiming, undoing, the map, and the cases before and after.
import type { Actions } from "./keys";

export function readCase(page: Document): Actions {
  const form = page.querySelector<HTMLFormElement>("form[data-judgement]");
  const actions: Actions = { ...beside(page) };
  const press = (selector: string) => page.querySelector<HTMLButtonElement>(selector);
  const [claim, undo] = [press("[data-claim]"), press("[data-undo]")];
  if (claim !== null) actions["claim"] = () => claim.click();
  if (undo !== null) actions["undo"] = () => undo.click();
  offerCopies(page);
  if (form === null) return actions;
  for (const verdict of ["confirmed", "rejected", "unsure"]) {
    actions[verdict] = () => {
      const radio = form.querySelector<HTMLInputElement>(`input[name=verdict][value=${verdict}]`);
      radio?.click();
      radio?.focus();
    };
  }
  const focus = (selector: string) => () => form.querySelector<HTMLElement>(selector)?.focus();
  return { ...actions, likelihood: focus("[name=likelihood]"), note: focus("[name=reason]") };
}

/** The way to the cases before and after this one on the docket beside it. */
function beside(page: Document): Actions {
  const links = [...page.querySelectorAll<HTMLAnchorElement>("a[data-beside]")];
  if (links.length === 0) return {};
  const at = links.findIndex((link) => link.ariaCurrent === "page");
  const go = (to: number) => () => links[to]?.click();
  return { next: go(at + 1), previous: go(at - 1) };
}

/** Buttons that copy what stands beside them; without a clipboard there are none. */
function offerCopies(page: Document): void {
  if (navigator.clipboard === undefined) return;
  for (const button of page.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const said = button.firstChild;
      void navigator.clipboard.writeText(button.dataset["copy"] ?? "").then(() => {
        if (said !== null) said.textContent = "✓";
      });
    });
  }
}
