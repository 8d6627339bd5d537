import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { Conditions, conditionsOf, readBansRequest } from "./ban-filter.ts";
import { pageStatement, queryBans } from "./bans.ts";

const NOW = Date.parse("2026-11-20T03:12:00Z");
const MINUTE = 60_000;
const ALL_FIVE = ["2001:db8::1", "192.0.2.0/24", "203.0.113.9", "198.51.100.8", "198.51.100.7"];
const asked = (query: string) => readBansRequest(new URLSearchParams(query));

describe("the list of bans", () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  const web = randomUUID();
  const mail = randomUUID();

  beforeAll(async () => {
    database = await createTestDatabase(inject("databaseServerUrl"));
    await database.pool.query(
      `insert into host (id, name, kind, last_seen_at) values ($1, 'web-01', 'agent', $3), ($2, 'mail-01', 'agent', $4)`,
      [web, mail, new Date(NOW), new Date(NOW - 14 * MINUTE)],
    );
    await database.pool.query(`insert into network values (4134, 'Chinanet'), (24940, 'Hetzner')`);
    await database.pool.query(
      `insert into place values (1, 'CN', 'Nanchang', 28, 115), (2, 'DE', 'Falkenstein', 50, 12)`,
    );
    await ban("198.51.100.7", web, { minutesAgo: 5, endsInMinutes: 30 });
    await ban("198.51.100.8", web, { minutesAgo: 4, endsInMinutes: 300, jail: "nginx" });
    await ban("198.51.100.8", mail, { minutesAgo: 4, endsInMinutes: 300, jail: "nginx" });
    await ban("203.0.113.9", web, { minutesAgo: 3, endsInMinutes: null, enforcer: "banwatch" });
    await ban("192.0.2.0/24", web, { minutesAgo: 2, endsInMinutes: null, enforcer: "banwatch" });
    await ban("2001:db8::1", mail, {
      minutesAgo: 1,
      endsInMinutes: 600,
      asn: 24940,
      place: 2,
      country: "DE",
    });
    await database.pool.query(
      `insert into attacker_day (address, day, attacks, bans) values
       ('198.51.100.7', '2026-11-20', 5, 1), ('198.51.100.7', '2026-11-14', 7, 1), ('198.51.100.7', '2026-11-13', 100, 1),
       ('192.0.2.1', '2026-11-19', 2, 0), ('192.0.2.255', '2026-11-19', 3, 0), ('192.0.3.0', '2026-11-19', 50, 0)`,
    );
  });
  afterAll(() => database.close());
  beforeEach(() => database.pool.query("delete from command"));

  type Ban = {
    minutesAgo: number;
    endsInMinutes: number | null;
    jail?: string;
    enforcer?: "fail2ban" | "banwatch";
    asn?: number;
    place?: number;
    country?: string;
  };

  async function ban(address: string, host: string, of: Ban): Promise<void> {
    const since = new Date(NOW - of.minutesAgo * MINUTE);
    const until = of.endsInMinutes === null ? null : new Date(NOW + of.endsInMinutes * MINUTE);
    const enforcer = of.enforcer ?? "fail2ban";
    const jail = enforcer === "banwatch" ? "" : (of.jail ?? "sshd");
    await database.pool.query("insert into ban values ($1, $2, $3, $4, $5, $6, true)", [
      host,
      address,
      enforcer,
      jail,
      since,
      until,
    ]);
    await database.pool.query(
      `insert into blocked_address (address, since, until, permanent, host_count, jail, enforcer, country_code, place_id, asn)
       values ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9) on conflict (address) do update set host_count = blocked_address.host_count + 1`,
      [
        address,
        since,
        until,
        until === null,
        jail,
        enforcer,
        of.country ?? "CN",
        of.place ?? 1,
        of.asn ?? 4134,
      ],
    );
  }

  async function act(verb: "unban" | "ban_permanently", address: string, states: Record<string, string>) {
    const id = randomUUID();
    await database.pool.query(
      "insert into action (id, at, actor_name, verb, address) values ($1, $2, 'Mara', $3, $4)",
      [id, new Date(NOW - 10 * MINUTE), verb, address],
    );
    for (const [host, state] of Object.entries(states)) {
      await database.pool.query(
        `insert into command (host_id, id, action_id, verb, address, jails, state, queued_at, verified_at)
         values ($1, $2, $3, 'unban', $4, '[]', $5, $6, $6)`,
        [host, randomUUID(), id, address, state, new Date(NOW - 10 * MINUTE)],
      );
    }
    return id;
  }

  const addresses = async (query: string) =>
    (await queryBans(database, asked(query), NOW)).rows.map((row) => row.address);

  test("is newest first, with where, network, attacks of 7 days, and what silent hosts block", async () => {
    const page = await queryBans(database, asked(""), NOW);
    expect(page.rows.map((row) => row.address)).toEqual(ALL_FIVE);
    expect(page.rows[3]).toMatchObject({ hostCount: 2, unknownHostCount: 1, jail: "nginx" });
    expect(page.rows[4]).toMatchObject({
      attacks: 12,
      city: "Nanchang",
      networkName: "Chinanet",
      asn: 4134,
      setBy: null,
    });
    expect(page.counts).toEqual({ all: 5, permanent: 2, ending: 1, unapplied: 0, people: 2 });
    expect(page).toMatchObject({ pinned: [], next: null, matches: null });
  });

  test("counts the attacks of all addresses of a banned network, and of none beside it", async () => {
    const page = await queryBans(database, asked("q=192.0.2.1"), NOW);
    expect(page.rows).toMatchObject([{ address: "192.0.2.0/24", attacks: 5 }]);
  });

  test.each([
    ["tab=permanent", ["192.0.2.0/24", "203.0.113.9"]],
    ["tab=ending", ["198.51.100.7"]],
    ["tab=people", ["192.0.2.0/24", "203.0.113.9"]],
    ["jail=nginx", ["198.51.100.8"]],
    ["country=DE", ["2001:db8::1"]],
    [`host=${mail}`, ["2001:db8::1", "198.51.100.8"]],
    ["set=fail2ban", ["2001:db8::1", "198.51.100.8", "198.51.100.7"]],
    ["asn=24940", ["2001:db8::1"]],
    ["q=198.51.100", ["198.51.100.8", "198.51.100.7"]],
    ["q=198.51.100.8/31", ["198.51.100.8"]],
    ["q=2001:db8:", ["2001:db8::1"]],
    ["q=hetz", ["2001:db8::1"]],
    ["q=AS24940", ["2001:db8::1"]],
    ["q=NGINX", ["198.51.100.8"]],
    ["q=mail-01", ["2001:db8::1", "198.51.100.8"]],
    ["q=germany", ["2001:db8::1"]],
    ["q=falken", ["2001:db8::1"]],
    ["q=nothing of the kind", []],
    ["q=100%25", []],
    ["sort=ending", ["198.51.100.7", "198.51.100.8", "2001:db8::1"]],
    ["tab=nonsense&sort=x&country=lower&host=1", ALL_FIVE],
  ])("%s finds what it names", async (query, expected) => {
    expect(await addresses(query)).toEqual(expected);
  });

  test("says how many match when it is filtered", async () => {
    expect((await queryBans(database, asked("q=198.51.100"), NOW)).matches).toBe(2);
  });

  test("pins an action that is under way, and what it did not do yet", async () => {
    await act("unban", "198.51.100.8", { [web]: "verified", [mail]: "queued" });
    const page = await queryBans(database, asked(""), NOW);
    expect(page.pinned).toMatchObject([
      {
        address: "198.51.100.8",
        action: { hostCount: 2, counts: { verified: 1, queued: 1 }, completedAtMs: null },
      },
    ]);
    expect(page.pinned[0]?.action?.commands.map((each) => each.hostName)).toEqual(["mail-01", "web-01"]);
    expect(page.counts.unapplied).toBe(1);
    expect((await queryBans(database, asked("tab=unapplied"), NOW)).pinned).toHaveLength(1);
    expect((await queryBans(database, asked("country=DE"), NOW)).pinned).toEqual([]);
  });

  test("an action that is verified on all its hosts is no longer pinned once it is old", async () => {
    await act("unban", "198.51.100.8", { [web]: "verified" });
    expect((await queryBans(database, asked(""), NOW)).pinned).toEqual([]);
  });

  test("shows the unban of an address that nothing blocks any more", async () => {
    await act("unban", "203.0.113.200", { [web]: "failed" });
    const { pinned } = await queryBans(database, asked(""), NOW);
    expect(pinned).toMatchObject([{ address: "203.0.113.200", hostCount: 0, countryCode: "ZZ" }]);
  });
});

describe("500,000 blocked addresses", () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;

  beforeAll(async () => {
    database = await createTestDatabase(inject("databaseServerUrl"));
    // Ten bans in each millisecond, so that pages end among equals; every tenth is IPv6; few are permanent.
    await database.pool.query(
      `insert into blocked_address (address, since, until, permanent, host_count, jail, enforcer, country_code, place_id, asn)
       select case when n % 10 = 0 then '2001:db8::'::inet + n else '11.0.0.0'::inet + n end,
         timestamptz '2026-11-20T03:00:00Z' - (n / 10) * interval '1 millisecond',
         case when n % 1000 = 0 then null else timestamptz '2026-11-20T03:12:00Z' + n * interval '1 second' end,
         n % 1000 = 0, 1 + n % 24, 'jail-' || n % 7, 'fail2ban', chr(65 + n % 20) || 'A', n % 300, n % 1000
       from generate_series(1, 500000) as n`,
    );
    await database.pool.query("analyze blocked_address");
  }, 120_000);
  afterAll(() => database.close());

  test("are paged through without a gap or a repetition", async () => {
    const seen = new Set<string>();
    let after: string | null = null;
    let pages = 0;
    do {
      const cursor: string = after === null ? "" : `&after=${after}`;
      const page = await queryBans(database, asked(`jail=jail-3&country=DA&limit=500${cursor}`), NOW);
      for (const row of page.rows) {
        expect(seen.has(row.address)).toBe(false);
        seen.add(row.address);
      }
      after = page.next;
      pages += 1;
    } while (after !== null);
    // n % 7 = 3 and n % 20 = 3: every 140th.
    expect(seen.size).toBe(3572);
    expect(pages).toBe(8);
  });

  test.each([
    ["", "blocked_address_newest"],
    ["tab=permanent", "blocked_address_permanent"],
    ["jail=jail-3", "blocked_address_jail"],
    ["country=DA", "blocked_address_country"],
    ["sort=ending", "blocked_address_until"],
    ["q=11.0.7.0/28", "blocked_address_pkey"],
    ["q=11.0.7.9", "blocked_address_pkey"],
  ])("a page of “%s” is read by its index, first and later ones", async (query, index) => {
    const first = await queryBans(database, asked(query), NOW);
    for (const after of [null, first.next]) {
      const request = { ...asked(query), after };
      const conditions = await conditionsOf(database.pool, request, NOW);
      const { text, values } = pageStatement(conditions ?? new Conditions(), request);
      const { rows } = await database.pool.query<{ "QUERY PLAN": string }>(`explain ${text}`, values);
      const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
      expect(plan).toContain(index);
      expect(plan).not.toContain("Seq Scan on blocked_address");
    }
  });
});
