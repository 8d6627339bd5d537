import type pg from "pg";
import type { BanChanges, BanPut } from "./ban-changes.ts";

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
  for (const [jail, addresses] of addressesByJail(changes.lifted)) {
    for (const address of await deleteBans(client, hostId, "fail2ban", jail, addresses)) touched.add(address);
  }
  if (changes.put.length > 0) {
    await putBans(client, hostId, await withOldBeginnings(client, hostId, changes.put));
    for (const each of changes.put) touched.add(each.address);
  }
  return touched;
}

/** Lifts one jail's bans of these addresses; returns those that there were. */
export async function deleteBans(
  client: pg.PoolClient,
  hostId: string,
  enforcer: "fail2ban" | "banwatch",
  jail: string,
  addresses: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<{ address: string }>(
    `delete from ban where host_id = $1 and enforcer = $2 and jail = $3 and address = any($4::inet[])
     returning address::text`,
    [hostId, enforcer, jail, addresses],
  );
  return rows.map((row) => canonical(row.address));
}

function addressesByJail(bans: readonly { address: string; jail: string }[]): Map<string, string[]> {
  const byJail = new Map<string, string[]>();
  for (const { address, jail } of bans) {
    const addresses = byJail.get(jail);
    if (addresses === undefined) byJail.set(jail, [address]);
    else addresses.push(address);
  }
  return byJail;
}

/** A ban that was put back began when it first did, as far as that is known. */
async function withOldBeginnings(
  client: pg.PoolClient,
  hostId: string,
  put: readonly BanPut[],
): Promise<BanPut[]> {
  const restored = put.filter((each) => each.restored).map((each) => each.address);
  if (restored.length === 0) return [...put];
  const { rows } = await client.query<{ address: string; jail: string; since: Date }>(
    `select address::text, jail, since from ban
     where host_id = $1 and enforcer = 'fail2ban' and address = any($2::inet[])`,
    [hostId, restored],
  );
  const since = new Map(
    rows.map((row) => [`${canonical(row.address)} ${row.jail}`, row.since.getTime()] as const),
  );
  return put.map((each) => {
    const oldMs = each.restored ? since.get(`${each.address} ${each.jail}`) : undefined;
    return oldMs === undefined || oldMs > each.sinceMs ? each : { ...each, sinceMs: oldMs };
  });
}

async function putBans(client: pg.PoolClient, hostId: string, put: readonly BanPut[]): Promise<void> {
  await client.query(
    `insert into ban (host_id, address, enforcer, jail, since, until, until_known)
     select $1, address, 'fail2ban', jail, to_timestamp(since_ms / 1000), to_timestamp(until_ms / 1000), until_known
     from unnest($2::inet[], $3::text[], $4::float8[], $5::float8[], $6::boolean[])
       as new (address, jail, since_ms, until_ms, until_known)
     on conflict (host_id, address, enforcer, jail) do update set
       since = excluded.since, until = excluded.until, until_known = excluded.until_known`,
    [
      hostId,
      put.map((each) => each.address),
      put.map((each) => each.jail),
      put.map((each) => each.sinceMs),
      put.map((each) => each.untilMs),
      put.map((each) => each.untilKnown),
    ],
  );
}

/** As text, PostgreSQL shows the length of every `inet`; we leave it out where it is the whole. */
export function canonical(inetText: string): string {
  const whole = inetText.includes(":") ? "/128" : "/32";
  return inetText.endsWith(whole) ? inetText.slice(0, -whole.length) : inetText;
}
