import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LabelWish, placeLabels, touches } from "./label-placement.ts";

const BOUNDS = { left: 0, top: 0, right: 1000, bottom: 400 };
const rectOf = (wish: LabelWish, label: { left: number; baseline: number }) => ({
  left: label.left,
  right: label.left + wish.width,
  top: label.baseline - 12,
  bottom: label.baseline + 4,
});

describe("placeLabels", () => {
  it("puts a label to the right of its circle, at its height", () => {
    const [label] = placeLabels([{ id: "a", x: 100, y: 100, r: 10, width: 60 }], [], BOUNDS, 20);
    expect(label).toEqual({ id: "a", left: 114, baseline: 104 });
  });

  it("goes to the left at the right edge", () => {
    const [label] = placeLabels([{ id: "a", x: 980, y: 100, r: 10, width: 60 }], [], BOUNDS, 20);
    expect(label?.left).toBe(906);
  });

  it("does not cover the circle of another city", () => {
    const circles = [
      { x: 100, y: 100, r: 10 },
      { x: 140, y: 100, r: 20 },
    ];
    const [label] = placeLabels([{ id: "a", ...circles[0]!, width: 60 }], circles, BOUNDS, 20);
    expect(label?.left).toBe(26);
  });

  it("never lets two labels touch, never leaves the map, and keeps to the limit", () => {
    const wish = fc.record({
      id: fc.uuid(),
      x: fc.integer({ min: 0, max: 1000 }),
      y: fc.integer({ min: 0, max: 400 }),
      r: fc.integer({ min: 1, max: 42 }),
      width: fc.integer({ min: 20, max: 140 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(wish, { selector: (each) => each.id, maxLength: 40 }), (wishes) => {
        const placed = placeLabels(wishes, wishes, BOUNDS, 12);
        expect(placed.length).toBeLessThanOrEqual(12);
        const rects = placed.map((label) =>
          rectOf(
            wishes.find((each) => each.id === label.id)!,
            label,
          ),
        );
        rects.forEach((rect, index) => {
          expect(rect.left).toBeGreaterThanOrEqual(0);
          expect(rect.right).toBeLessThanOrEqual(1000);
          for (const other of rects.slice(index + 1)) expect(touches(rect, other)).toBe(false);
        });
      }),
    );
  });
});
