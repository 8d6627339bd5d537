export type SearchParameters = Promise<Record<string, string | string[] | undefined>>;

/** A page's parameters as the route handlers read them; of a repeated one, the first counts. */
export function parametersOf(given: Awaited<SearchParameters>): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) parameters.set(name, first);
  }
  return parameters;
}
