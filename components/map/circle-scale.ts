/** The area of a circle is proportional to its attacks: r = R · √(n / nRef). */

export const SMALLEST_RADIUS = 1.4;

/** In screen px. `largest` is the radius at `reference` attacks; there is no upper limit. */
export function circleRadius(attacks: number, reference: number, largest: number): number {
  if (attacks <= 0 || reference <= 0) return 0;
  return Math.max(SMALLEST_RADIUS, largest * Math.sqrt(attacks / reference));
}

/** Up to how many attacks the smallest dot stands for; at most 1 when every count has a size of its own. */
export function smallestDotAttacks(reference: number, largest: number): number {
  return Math.floor(reference * (SMALLEST_RADIUS / largest) ** 2);
}

/** Round values near 0.7, 0.2 and 0.04 of the reference, the largest first, each once. */
export function legendValues(reference: number): number[] {
  const values = [0.7, 0.2, 0.04].map((part) => roundValue(reference * part));
  return [...new Set(values)].filter((value) => value > 0);
}

/** The nearest of 1, 2, 3 or 5 times a power of ten. */
export function roundValue(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 2, 3, 5, 10].map((step) => step * power);
  return steps.reduce((best, step) => (Math.abs(step - value) < Math.abs(best - value) ? step : best), power);
}

/** Between two counts so that the *area* changes evenly; `portion` from 0 to 1, eased in and out. */
export function tween(from: number, to: number, portion: number): number {
  const eased = portion < 0.5 ? 2 * portion ** 2 : 1 - (-2 * portion + 2) ** 2 / 2;
  return from + (to - from) * eased;
}
