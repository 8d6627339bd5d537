import { type EventKind, isAttack } from "../event/event.ts";
import type { Located } from "../geo/geo.ts";
import type { PlacedEvent } from "./incoming-batch.ts";

const SLOT_MS = 600_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What a batch adds to each rollup: one row a key, sorted by key, so that all batches lock rows in one order. */
export type BatchSums = {
  slots: { slotMs: number; detector: string; kind: EventKind; count: number }[];
  places: { hourMs: number; detector: string; placeId: number; attacks: number; bans: number }[];
  networks: { hourMs: number; detector: string; countryCode: string; asn: number; attacks: number }[];
  users: { hourMs: number; detector: string; userName: string; attacks: number }[];
  ports: { hourMs: number; detector: string; transport: string; port: number; attacks: number }[];
  attackers: {
    address: string;
    located: Located;
    firstSeenMs: number;
    lastSeenMs: number;
    attacks: number;
    bans: number;
  }[];
  attackerDays: { address: string; dayMs: number; attacks: number; bans: number }[];
  /** Every place and network that is named above. */
  newPlaces: Located[];
  newNetworks: { asn: number; name: string }[];
  attacks: number;
};

/**
 * Sums the events by what pages ask for. A slot counts every kind; everything else counts attacks (`isAttack`) and
 * bans, weighted by the event's count. An attacker is seen when it attacks, scans or is banned.
 */
export function sumEvents(events: readonly PlacedEvent[]): BatchSums {
  const slots = new Map<string, BatchSums["slots"][number]>();
  const places = new Map<string, BatchSums["places"][number]>();
  const networks = new Map<string, BatchSums["networks"][number]>();
  const users = new Map<string, BatchSums["users"][number]>();
  const ports = new Map<string, BatchSums["ports"][number]>();
  const attackers = new Map<string, BatchSums["attackers"][number]>();
  const attackerDays = new Map<string, BatchSums["attackerDays"][number]>();
  const newPlaces = new Map<number, Located>();
  const newNetworks = new Map<number, string>();
  let totalAttacks = 0;

  for (const { event, timeMs, detector, located } of events) {
    const { kind, count, sourceIp } = event;
    const slotMs = timeMs - (timeMs % SLOT_MS);
    const slotKey = `${slotMs}\t${detector}\t${kind}`;
    const slot = slots.get(slotKey);
    if (slot === undefined) slots.set(slotKey, { slotMs, detector, kind, count });
    else slot.count += count;

    const attacks = isAttack(kind) ? count : 0;
    const bans = kind === "ban" ? count : 0;
    if (attacks === 0 && bans === 0 && kind !== "scan") continue;
    totalAttacks += attacks;
    const hourMs = timeMs - (timeMs % HOUR_MS);
    const hourKey = `${hourMs}\t${detector}\t`;

    if (attacks > 0 && event.userName !== undefined) {
      const key = hourKey + event.userName;
      const user = users.get(key);
      if (user === undefined) users.set(key, { hourMs, detector, userName: event.userName, attacks });
      else user.attacks += attacks;
    }
    if (attacks > 0 && event.destinationPort !== undefined) {
      const transport = event.transport ?? "";
      const key = `${hourKey}${transport}\t${event.destinationPort}`;
      const port = ports.get(key);
      if (port === undefined) {
        ports.set(key, { hourMs, detector, transport, port: event.destinationPort, attacks });
      } else port.attacks += attacks;
    }
    if (sourceIp === undefined || located === null) continue;

    const attacker = attackers.get(sourceIp);
    if (attacker === undefined) {
      attackers.set(sourceIp, {
        address: sourceIp,
        located,
        firstSeenMs: timeMs,
        lastSeenMs: timeMs,
        attacks,
        bans,
      });
    } else {
      attacker.firstSeenMs = Math.min(attacker.firstSeenMs, timeMs);
      attacker.lastSeenMs = Math.max(attacker.lastSeenMs, timeMs);
      attacker.attacks += attacks;
      attacker.bans += bans;
    }
    newPlaces.set(located.placeId, located);
    if (located.networkName !== null) newNetworks.set(located.asn, located.networkName);
    if (attacks === 0 && bans === 0) continue;

    const dayMs = timeMs - (timeMs % DAY_MS);
    const dayKey = `${sourceIp}\t${dayMs}`;
    const day = attackerDays.get(dayKey);
    if (day === undefined) attackerDays.set(dayKey, { address: sourceIp, dayMs, attacks, bans });
    else {
      day.attacks += attacks;
      day.bans += bans;
    }

    const placeKey = hourKey + located.placeId;
    const place = places.get(placeKey);
    if (place === undefined) {
      places.set(placeKey, { hourMs, detector, placeId: located.placeId, attacks, bans });
    } else {
      place.attacks += attacks;
      place.bans += bans;
    }
    if (attacks === 0) continue;

    const networkKey = `${hourKey}${located.countryCode}\t${located.asn}`;
    const network = networks.get(networkKey);
    if (network === undefined) {
      networks.set(networkKey, {
        hourMs,
        detector,
        countryCode: located.countryCode,
        asn: located.asn,
        attacks,
      });
    } else network.attacks += attacks;
  }

  return {
    slots: sorted(slots),
    places: sorted(places),
    networks: sorted(networks),
    users: sorted(users),
    ports: sorted(ports),
    attackers: sorted(attackers),
    attackerDays: sorted(attackerDays),
    newPlaces: [...newPlaces.values()].toSorted((a, b) => a.placeId - b.placeId),
    newNetworks: [...newNetworks].map(([asn, name]) => ({ asn, name })).toSorted((a, b) => a.asn - b.asn),
    attacks: totalAttacks,
  };
}

function sorted<Row>(rows: Map<string, Row>): Row[] {
  return [...rows.keys()].toSorted().map((key) => rows.get(key)!);
}
