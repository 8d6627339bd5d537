import type { Connections } from "../db/client.ts";
import type { AttackFilter } from "./attack-filter.ts";

/** What the panel beside a circle says of its city. */
export type CityHour = {
  /** Addresses there that attacked since that hour began, and how many of them are blocked on a host now. */
  addresses: number;
  blocked: number;
  network: { asn: number; name: string } | null;
  /** The detector with the most attacks of the hour. */
  detector: string | null;
  hostsHit: number;
};

export async function loadCityHour(
  { pool }: Connections,
  placeId: number,
  hourMs: number,
  filter: Pick<AttackFilter, "host" | "jail">,
): Promise<CityHour> {
  const [attackers, networks, sums] = await Promise.all([
    pool.query<{ addresses: number; blocked: number }>(
      `select count(*)::float8 as addresses, count(b.address)::float8 as blocked
       from attacker a left join blocked_address b on b.address = a.address
       where a.place_id = $1 and a.last_seen >= $2 and a.attacks > 0`,
      [placeId, new Date(hourMs)],
    ),
    pool.query<{ asn: number; name: string }>(
      `select a.asn::float8 as asn, n.name from attacker a join network n on n.asn = a.asn
       where a.place_id = $1 and a.last_seen >= $2 group by 1, 2 order by sum(a.attacks) desc limit 1`,
      [placeId, new Date(hourMs)],
    ),
    pool.query<{ detector: string; hosts: number }>(
      `select detector, (select count(distinct host_id) from place_hour
           where hour = $2 and place_id = $1 and attacks > 0)::float8 as hosts
       from place_hour where hour = $2 and place_id = $1
         and ($3::uuid is null or host_id = $3) and ($4::text is null or detector = $4)
       group by detector order by sum(attacks) desc limit 1`,
      [placeId, new Date(hourMs), filter.host, filter.jail],
    ),
  ]);
  return {
    addresses: attackers.rows[0]?.addresses ?? 0,
    blocked: attackers.rows[0]?.blocked ?? 0,
    network: networks.rows[0] ?? null,
    detector: sums.rows[0]?.detector ?? null,
    hostsHit: sums.rows[0]?.hosts ?? 0,
  };
}
