import type pg from "pg";
import type { BatchSums } from "./sum-events.ts";

/**
 * Adds a batch's sums to the rollups, and moves the stream's high-water mark, in one statement.
 * Tables that hosts share (attacker, attacker_day, place, network) get their rows in the order of their keys: batches
 * of two hosts at once wait for each other and never deadlock.
 */
export async function storeSums(
  client: pg.PoolClient,
  stream: { hostId: string; stream: number; highWater: number },
  sums: BatchSums,
): Promise<void> {
  const { slots, places, networks, users, ports, attackers, attackerDays, newPlaces, newNetworks } = sums;
  await client.query({
    name: "store-sums",
    text: STATEMENT,
    values: [
      stream.hostId,
      stream.stream,
      stream.highWater,
      slots.map((row) => row.slotMs),
      slots.map((row) => row.detector),
      slots.map((row) => row.kind),
      slots.map((row) => row.count),
      places.map((row) => row.hourMs),
      places.map((row) => row.detector),
      places.map((row) => row.placeId),
      places.map((row) => row.attacks),
      places.map((row) => row.bans),
      networks.map((row) => row.hourMs),
      networks.map((row) => row.detector),
      networks.map((row) => row.countryCode),
      networks.map((row) => row.asn),
      networks.map((row) => row.attacks),
      users.map((row) => row.hourMs),
      users.map((row) => row.detector),
      users.map((row) => row.userName),
      users.map((row) => row.attacks),
      ports.map((row) => row.hourMs),
      ports.map((row) => row.detector),
      ports.map((row) => row.transport),
      ports.map((row) => row.port),
      ports.map((row) => row.attacks),
      attackers.map((row) => row.address),
      attackers.map((row) => row.located.placeId),
      attackers.map((row) => row.located.countryCode),
      attackers.map((row) => row.located.asn),
      attackers.map((row) => row.firstSeenMs),
      attackers.map((row) => row.lastSeenMs),
      attackers.map((row) => row.attacks),
      attackers.map((row) => row.bans),
      attackerDays.map((row) => row.address),
      attackerDays.map((row) => row.dayMs),
      attackerDays.map((row) => row.attacks),
      attackerDays.map((row) => row.bans),
      newPlaces.map((row) => row.placeId),
      newPlaces.map((row) => row.countryCode),
      newPlaces.map((row) => row.city),
      newPlaces.map((row) => row.latitude),
      newPlaces.map((row) => row.longitude),
      newNetworks.map((row) => row.asn),
      newNetworks.map((row) => row.name),
    ],
  });
}

const STATEMENT = `
with slots as (
  insert into slot_count as old (host_id, slot, detector, kind, count)
  select $1, to_timestamp(slot_ms / 1000), detector, kind::event_kind, count
  from unnest($4::float8[], $5::text[], $6::text[], $7::bigint[]) as new (slot_ms, detector, kind, count)
  on conflict (host_id, slot, detector, kind) do update set count = old.count + excluded.count
), places as (
  insert into place_hour as old (host_id, hour, detector, place_id, attacks, bans)
  select $1, to_timestamp(hour_ms / 1000), detector, place_id, attacks, bans
  from unnest($8::float8[], $9::text[], $10::bigint[], $11::bigint[], $12::bigint[])
    as new (hour_ms, detector, place_id, attacks, bans)
  on conflict (host_id, hour, detector, place_id)
    do update set attacks = old.attacks + excluded.attacks, bans = old.bans + excluded.bans
), networks as (
  insert into network_hour as old (host_id, hour, detector, country_code, asn, attacks)
  select $1, to_timestamp(hour_ms / 1000), detector, country_code, asn, attacks
  from unnest($13::float8[], $14::text[], $15::text[], $16::bigint[], $17::bigint[])
    as new (hour_ms, detector, country_code, asn, attacks)
  on conflict (host_id, hour, detector, country_code, asn)
    do update set attacks = old.attacks + excluded.attacks
), users as (
  insert into user_hour as old (host_id, hour, detector, user_name, attacks)
  select $1, to_timestamp(hour_ms / 1000), detector, user_name, attacks
  from unnest($18::float8[], $19::text[], $20::text[], $21::bigint[])
    as new (hour_ms, detector, user_name, attacks)
  on conflict (host_id, hour, detector, user_name) do update set attacks = old.attacks + excluded.attacks
), ports as (
  insert into port_hour as old (host_id, hour, detector, transport, port, attacks)
  select $1, to_timestamp(hour_ms / 1000), detector, transport, port, attacks
  from unnest($22::float8[], $23::text[], $24::text[], $25::int[], $26::bigint[])
    as new (hour_ms, detector, transport, port, attacks)
  on conflict (host_id, hour, detector, transport, port)
    do update set attacks = old.attacks + excluded.attacks
), attackers as (
  insert into attacker as old
    (address, place_id, country_code, asn, first_seen, last_seen, attacks, bans)
  select address, place_id, country_code, asn, to_timestamp(first_ms / 1000), to_timestamp(last_ms / 1000),
    attacks, bans
  from unnest($27::inet[], $28::bigint[], $29::text[], $30::bigint[], $31::float8[], $32::float8[],
    $33::bigint[], $34::bigint[])
    as new (address, place_id, country_code, asn, first_ms, last_ms, attacks, bans)
  on conflict (address) do update set
    first_seen = least(old.first_seen, excluded.first_seen),
    last_seen = greatest(old.last_seen, excluded.last_seen),
    attacks = old.attacks + excluded.attacks,
    bans = old.bans + excluded.bans
), attacker_days as (
  insert into attacker_day as old (address, day, attacks, bans)
  select address, date '1970-01-01' + (day_ms / 86400000)::int, attacks, bans
  from unnest($35::inet[], $36::bigint[], $37::bigint[], $38::bigint[]) as new (address, day_ms, attacks, bans)
  on conflict (address, day)
    do update set attacks = old.attacks + excluded.attacks, bans = old.bans + excluded.bans
), new_places as (
  insert into place (id, country_code, city, latitude, longitude)
  select * from unnest($39::bigint[], $40::text[], $41::text[], $42::float8[], $43::float8[])
  on conflict (id) do nothing
), new_networks as (
  insert into network (asn, name)
  select * from unnest($44::bigint[], $45::text[])
  on conflict (asn) do nothing
)
update ingest_stream set high_water = $3, updated_at = now() where host_id = $1 and stream = $2`;
