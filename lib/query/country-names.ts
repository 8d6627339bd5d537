const NAMES = new Intl.DisplayNames("en", { type: "region", fallback: "code" });

/** English names by ISO 3166-1 code. Made on the server, so that every browser shows the same. */
export function countryNames(codes: readonly string[]): Record<string, string> {
  return Object.fromEntries([...new Set(codes)].map((code) => [code, countryName(code)]));
}

export function countryName(code: string): string {
  if (code === "ZZ") return "Unknown";
  return /^[A-Z]{2}$/.test(code) ? (NAMES.of(code) ?? code).replace(/ SAR China$/, "") : code;
}
