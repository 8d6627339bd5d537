import type { MapCircle } from "../../lib/query/map-circles.ts";
import { factor, share, whole } from "../charts/format.ts";
import { Cell, HeadCell, Row, Table } from "../ui/table.tsx";

/** The map as a table: every city, the largest first. */
export function PlacesTable({
  places,
  countryNames,
  total,
  className,
}: {
  places: readonly MapCircle[];
  countryNames: Record<string, string>;
  total: number;
  className?: string;
}) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, also by keyboard
    <section className={className} tabIndex={0} aria-label="Cities">
      <Table>
        <thead>
          <tr>
            <HeadCell>City</HeadCell>
            <HeadCell>Country</HeadCell>
            <HeadCell className="text-right">Attacks</HeadCell>
            <HeadCell className="text-right">Share</HeadCell>
            <HeadCell className="text-right">Against usual</HeadCell>
          </tr>
        </thead>
        <tbody>
          {places.map((place) => (
            <Row key={place.placeId} className="tab:h-[29px]">
              <Cell>{place.city}</Cell>
              <Cell className="text-t2">{countryNames[place.countryCode] ?? place.countryCode}</Cell>
              <Cell className="text-right">{whole(place.attacks)}</Cell>
              <Cell className="text-right text-t2">{share(place.attacks, total)}</Cell>
              <Cell className="text-right text-acc">
                {place.excess === null
                  ? ""
                  : place.excess.kind === "new"
                    ? "new"
                    : factor(place.excess.factor)}
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
      {places.length === 0 ? <p className="py-3 text-t3">No attacks from a known city.</p> : null}
    </section>
  );
}
