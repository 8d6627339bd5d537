const HOST_NAME_MAX = 63;

/** A host's name for itself, reduced to letters, digits, dots, hyphens and underscores. */
export function cleanHostName(text: string): string {
  const name = text
    .normalize("NFKC")
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "")
    .slice(0, HOST_NAME_MAX);
  return name === "" ? "host" : name;
}

/** The name, or with the first free number behind it: `web-1`, `web-1-2`, `web-1-3`. */
export function firstFreeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1) {
    const numbered = `${name}-${number}`;
    if (!taken.has(numbered)) return numbered;
  }
}
