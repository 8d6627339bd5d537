import * as z from "zod";
import type { Connections } from "../db/client.ts";
import { EVENT_KINDS, type EventKind, type EventSource } from "../event/event.ts";
import { parsePrefix } from "../event/address.ts";

const FEED_ROWS = 200;
/** A filter is looked for in this many of the newest events; beyond it, the page says so. */
const SEARCHED_EVENTS = 100_000;
const SEARCHED_DAYS = 7;

const feedRequestSchema = z.object({
  kinds: z.array(z.enum(EVENT_KINDS)).catch([]),
  host: z.uuid().nullable().catch(null),
  /** A canonical address or prefix. */
  within: z.string().nullable().catch(null),
});
export type FeedRequest = z.infer<typeof feedRequestSchema>;

export function readFeedRequest(parameters: URLSearchParams): FeedRequest {
  const kinds = (parameters.get("kinds") ?? "").split(",").filter((kind) => kind !== "");
  const within = parsePrefix(parameters.get("q")?.trim() ?? "")?.text ?? null;
  return feedRequestSchema.parse({ kinds, host: parameters.get("host"), within });
}

export type FeedRow = {
  /** Stable for an event. */
  key: string;
  timeMs: number;
  kind: EventKind;
  source: EventSource;
  hostId: string;
  hostName: string;
  address: string | null;
  countryCode: string | null;
  city: string | null;
  /** fail2ban's jail, or the source. */
  detector: string;
  userName: string | null;
  destinationPort: number | null;
  transport: string | null;
  /** -1: without end. */
  durationSeconds: number | null;
  count: number;
};

export type FeedPage = {
  /** Newest first, at most 200. */
  rows: FeedRow[];
  hosts: { id: string; name: string }[];
  asOfMs: number;
};

/** The newest events. Reads the newest partitions by the index on time; never more than 100,000 events of 7 days. */
export async function queryFeed(
  { pool }: Connections,
  request: FeedRequest,
  nowMs: number,
): Promise<FeedPage> {
  const [events, hosts] = await Promise.all([
    pool.query<Omit<FeedRow, "timeMs"> & { time: Date }>(
      `select e.host_id || ' ' || e.stream || ' ' || e.sequence as key, e.time, e.kind, e.source,
         e.host_id as "hostId", h.name as "hostName", e.source_ip as address, a.country_code as "countryCode", p.city,
         coalesce(e.jail, e.source::text) as detector, e.user_name as "userName",
         e.destination_port as "destinationPort", e.transport, e.duration_seconds::float8 as "durationSeconds", e.count
       from (
         select * from (
           select * from event where time > $1 order by time desc limit ${SEARCHED_EVENTS}
         ) as newest
         where (cardinality($2::event_kind[]) = 0 or kind = any($2))
           and ($3::uuid is null or host_id = $3)
           and ($4::inet is null or source_ip <<= $4)
         order by time desc, host_id, stream, sequence desc limit ${FEED_ROWS}
       ) as e join host h on h.id = e.host_id left join attacker a on a.address = e.source_ip
         left join place p on p.id = a.place_id
       order by e.time desc, e.host_id, e.stream, e.sequence desc`,
      [new Date(nowMs - SEARCHED_DAYS * 86_400_000), request.kinds, request.host, request.within],
    ),
    pool.query<{ id: string; name: string }>(
      "select id, name from host where revoked_at is null order by name",
    ),
  ]);
  return {
    rows: events.rows.map(({ time, ...row }) => ({ ...row, timeMs: time.getTime() })),
    hosts: hosts.rows,
    asOfMs: nowMs,
  };
}
