/** Send an empty form, and go where its answer leads. */
export function post(path: string): void {
  const form = document.createElement("form");
  form.method = "post";
  form.action = path;
  document.body.append(form);
  form.submit();
}
