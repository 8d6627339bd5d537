/** Numbers that look random and are the same for the same seed (mulberry32). */
export type Random = {
  /** From 0 to below 1. */
  next(): number;
  /** An integer from 0 to below the limit. */
  below(limit: number): number;
  chance(probability: number): boolean;
  /** One of them, by weight. */
  pick<Item>(choice: Choice<Item>): Item;
};

/** Items with the running sums of their weights. */
export type Choice<Item> = { items: readonly Item[]; sums: readonly number[] };

export function choiceOf<Item>(items: readonly Item[], weightOf: (item: Item) => number): Choice<Item> {
  let sum = 0;
  return { items, sums: items.map((item) => (sum += weightOf(item))) };
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    chance: (probability) => next() < probability,
    pick({ items, sums }) {
      const at = next() * sums.at(-1)!;
      return items[sums.findIndex((sum) => at < sum)] ?? items[0]!;
    },
  };
}
