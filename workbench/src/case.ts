// A case's form by keys: verdict, likelihood, reason; claiming it.
import type { Actions } from "./keys";

export function readCase(page: Document): Actions {
  const form = page.querySelector<HTMLFormElement>("form[data-judgement]");
  const claim = page.querySelector<HTMLButtonElement>("[data-claim]");
  const actions: Actions = {};
  if (claim !== null) actions["claim"] = () => claim.click();
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
