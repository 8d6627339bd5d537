import type { Connections } from "../db/client.ts";
import type { SecurityEvent } from "../event/event.ts";
import { geo, type Geo } from "../geo/geo.ts";
import { acceptBatch } from "../ingest/accept-batch.ts";
import { DEMO_HOSTS, SILENT_HOST } from "./demo-hosts.ts";
import { createDemoTraffic, type DemoEvent } from "./demo-traffic.ts";
import { fillDemo } from "./fill-demo.ts";

const TICK_MS = 1_000;

export type DemoOptions = {
  /** Called when something of it fails; it goes on. */
  onError: (error: unknown) => void;
};

/** Fills the database and lets the traffic go on until the answer is called. */
export async function runDemo(connections: Connections, options: DemoOptions): Promise<() => Promise<void>> {
  const startMs = Date.now();
  await fillDemo(connections, startMs);
  const places = await geo();
  const traffic = createDemoTraffic(startMs);
  let lastMs = startMs;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> = Promise.resolve();

  const tick = async () => {
    const nowMs = Date.now();
    try {
      const events = [...(await endedBans(connections, nowMs)), ...traffic.next(lastMs, nowMs)];
      lastMs = nowMs;
      await store(connections, places, events, nowMs);
      await keepAlive(connections);
    } catch (error) {
      options.onError(error);
    }
    if (!stopped) schedule();
  };
  const schedule = () => {
    timer = setTimeout(() => (ticking = tick()), TICK_MS);
  };
  schedule();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await ticking;
  };
}

async function store(
  connections: Connections,
  places: Geo,
  events: readonly DemoEvent[],
  nowMs: number,
): Promise<void> {
  const byHost = new Map<string, SecurityEvent[]>();
  for (const { host, event } of events) byHost.set(host.id, [...(byHost.get(host.id) ?? []), event]);
  for (const [hostId, ofHost] of byHost) {
    const { rows } = await connections.pool.query<{ highWater: string }>(
      `select high_water as "highWater" from ingest_stream where host_id = $1 and stream = 0`,
      [hostId],
    );
    const firstSequence = Number(rows[0]?.highWater ?? 0) + 1;
    const batch = { hostId, stream: 0, firstSequence, events: ofHost, tracksBans: true };
    await acceptBatch(connections, places, batch, nowMs);
  }
}

/** What fail2ban would lift now. */
async function endedBans({ pool }: Connections, nowMs: number): Promise<DemoEvent[]> {
  const { rows } = await pool.query<{ hostId: string; address: string; jail: string }>(
    `select host_id as "hostId", host(address) as address, jail from ban
     where enforcer = 'fail2ban' and until <= to_timestamp($1 / 1000.0)`,
    [nowMs],
  );
  return rows.flatMap(({ hostId, address, jail }) => {
    const host = DEMO_HOSTS.find((each) => each.id === hostId);
    if (host === undefined || host.name === SILENT_HOST) return [];
    const event = {
      timeMs: nowMs,
      kind: "unban",
      source: "fail2ban",
      count: 1,
      sourceIp: address,
      jail,
    } as const;
    return [{ host, event }];
  });
}

async function keepAlive({ pool }: Connections): Promise<void> {
  await pool.query(
    "update host set last_seen_at = now() where name <> $1 and last_seen_at < now() - interval '5 seconds'",
    [SILENT_HOST],
  );
}
