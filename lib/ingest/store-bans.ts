import type pg from "pg";
import type { BanChanges } from "./ban-changes.ts";

/** Carries the changes out; returns the addresses whose bans may be others now. */
export async function storeBanChanges(
  client: pg.PoolClient,
  hostId: string,
  changes: BanChanges,
): Promise<Set<string>> {
  const touched = new Set<string>();
  if (changes.flushedJails.length > 0) {
    const { rows } = await client.query<{ address: string }>(
      `delete from ban where host_id = $1 and enforcer = 'fail2ban' and jail = any($2::text[])
       returning address::text`,
      [hostId, changes.flushedJails],
    );
    for (const row of rows) touched.add(canonical(row.address));
  }
  if (changes.lifted.length > 0) {
    const { rows } = await client.query<{ address: string }>(
      `delete from ban using unnest($2::inet[], $3::text[]) as lifted (address, jail)
       where ban.host_id = $1 and ban.enforcer = 'fail2ban'
         and ban.address = lifted.address and ban.jail = lifted.jail
       returning ban.address::text`,
      [hostId, changes.lifted.map((each) => each.address), changes.lifted.map((each) => each.jail)],
    );
    for (const row of rows) touched.add(canonical(row.address));
  }
  if (changes.put.length > 0) {
    const { put } = changes;
    await client.query(
      `insert into ban (host_id, address, enforcer, jail, since, until, until_known)
       select $1, new.address, 'fail2ban', new.jail,
         case when new.restored then least(old.since, to_timestamp(new.since_ms / 1000))
              else to_timestamp(new.since_ms / 1000) end,
         to_timestamp(new.until_ms / 1000), new.until_known
       from unnest($2::inet[], $3::text[], $4::float8[], $5::float8[], $6::boolean[], $7::boolean[])
         as new (address, jail, since_ms, until_ms, until_known, restored)
       left join ban as old
         on old.host_id = $1 and old.address = new.address and old.enforcer = 'fail2ban' and old.jail = new.jail
       on conflict (host_id, address, enforcer, jail) do update set
         since = excluded.since, until = excluded.until, until_known = excluded.until_known`,
      [
        hostId,
        put.map((each) => each.address),
        put.map((each) => each.jail),
        put.map((each) => each.sinceMs),
        put.map((each) => each.untilMs),
        put.map((each) => each.untilKnown),
        put.map((each) => each.restored),
      ],
    );
    for (const each of put) touched.add(each.address);
  }
  return touched;
}

/** As text, PostgreSQL shows the length of every `inet`; we leave it out where it is the whole. */
export function canonical(inetText: string): string {
  const whole = inetText.includes(":") ? "/128" : "/32";
  return inetText.endsWith(whole) ? inetText.slice(0, -whole.length) : inetText;
}
