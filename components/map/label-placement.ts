export type LabelWish = { id: string; x: number; y: number; r: number; width: number };
export type Rect = { left: number; top: number; right: number; bottom: number };
export type PlacedLabel = { id: string; left: number; baseline: number };

const HEIGHT = 16;
const ASCENT = 12;
const GAP = 4;
const MARGIN = 2;
/** A label may touch the rim of a neighbour, but not cover a circle that is larger than a dot. */
const COVERED_PART = 0.6;
const COVERED_FROM_RADIUS = 7;

/**
 * Places labels beside their circles, in the order given: right, left, above, below, whichever first fits within
 * `bounds` without touching another label. What doesn't fit has no label.
 */
export function placeLabels(
  wishes: readonly LabelWish[],
  circles: readonly { x: number; y: number; r: number }[],
  bounds: Rect,
  limit: number,
): PlacedLabel[] {
  const taken: Rect[] = [];
  const placed: PlacedLabel[] = [];
  for (const wish of wishes) {
    if (placed.length >= limit) break;
    const spot = candidates(wish).find(
      (rect) =>
        isInside(rect, bounds) &&
        !taken.some((other) => touches(rect, other, MARGIN)) &&
        !circles.some((circle) => covers(rect, circle, wish)),
    );
    if (spot === undefined) continue;
    taken.push(spot);
    placed.push({ id: wish.id, left: spot.left, baseline: spot.top + ASCENT });
  }
  return placed;
}

function candidates({ x, y, r, width }: LabelWish): Rect[] {
  const beside = y - HEIGHT / 2;
  const middle = x - width / 2;
  return [
    [x + r + GAP, beside],
    [x - r - GAP - width, beside],
    [middle, y - r - GAP - HEIGHT],
    [middle, y + r + GAP],
    [x + r * 0.75 + GAP, y - r * 0.75 - HEIGHT * 0.75],
    [x + r * 0.75 + GAP, y + r * 0.75 - HEIGHT * 0.25],
    [x - r * 0.75 - GAP - width, y - r * 0.75 - HEIGHT * 0.75],
    [x - r * 0.75 - GAP - width, y + r * 0.75 - HEIGHT * 0.25],
  ].map(([left = 0, top = 0]) => ({ left, top, right: left + width, bottom: top + HEIGHT }));
}

function isInside(rect: Rect, bounds: Rect): boolean {
  return (
    rect.left >= bounds.left &&
    rect.right <= bounds.right &&
    rect.top >= bounds.top &&
    rect.bottom <= bounds.bottom
  );
}

export function touches(a: Rect, b: Rect, margin = 0): boolean {
  return (
    a.left < b.right + margin &&
    b.left < a.right + margin &&
    a.top < b.bottom + margin &&
    b.top < a.bottom + margin
  );
}

function covers(rect: Rect, circle: { x: number; y: number; r: number }, own: LabelWish): boolean {
  if (circle.r < COVERED_FROM_RADIUS || (circle.x === own.x && circle.y === own.y)) return false;
  const dx = circle.x - Math.min(Math.max(circle.x, rect.left), rect.right);
  const dy = circle.y - Math.min(Math.max(circle.y, rect.top), rect.bottom);
  return Math.hypot(dx, dy) < circle.r * COVERED_PART;
}
