import { Lock } from "lucide-react";
import Link from "next/link";
import type { Attacker, HostView } from "../../lib/query/attacker.ts";
import { left, near } from "../bans/ban-words.ts";
import { counted, span, whole } from "../charts/format.ts";
import { Glyph } from "../ui/glyph.tsx";
import { LaneChart } from "./lane.tsx";
import { Cell, HeadCell, Row, Table } from "../ui/table.tsx";

/** Each host that saw the address, and whether it blocks it now; with a silent agent that is unknown. */
export function HostsThatSawIt({ attacker, nowMs }: { attacker: Attacker; nowMs: number }) {
  const { otherHosts } = attacker;
  const hosts = attacker.hosts.filter(sawIt);
  const most = Math.max(1, ...hosts.flatMap((host) => host.lane.bars.map((bar) => bar.attacks)));
  const alsoBlocking = attacker.hosts.filter((host) => !sawIt(host));
  return (
    <section aria-label="Hosts that saw it" className="mt-6">
      {hosts.length === 0 ? (
        <p className="border-t border-line pt-3 text-t2">No host saw this address.</p>
      ) : (
        <div className="overflow-x-auto">
          <Table>
            <thead>
              <tr>
                <HeadCell className="!text-13 !font-head !text-t1">Hosts that saw it</HeadCell>
                <HeadCell className="w-[352px] max-wide:hidden">
                  <span className="flex w-[336px] justify-between">
                    <span>7 days ago</span>
                    <span>now</span>
                  </span>
                </HeadCell>
                <HeadCell className="text-right">Attacks</HeadCell>
                <HeadCell>Last seen</HeadCell>
                <HeadCell>Last ban</HeadCell>
                <HeadCell>Now</HeadCell>
              </tr>
            </thead>
            <tbody>
              {hosts.map((host) => (
                <Row key={host.hostId}>
                  <Cell className="whitespace-nowrap">
                    <Link
                      href={`/hosts?row=${host.hostId}`}
                      className="font-strong underline-offset-2 hover:underline"
                    >
                      {host.hostName}
                    </Link>
                  </Cell>
                  <Cell className="max-wide:hidden">
                    <LaneChart lane={host.lane} most={most} />
                  </Cell>
                  <Cell className="text-right">{whole(host.attacks)}</Cell>
                  <Cell className="whitespace-nowrap text-t2">
                    {host.lastSeenMs === null ? "Never" : near(host.lastSeenMs, nowMs)}
                  </Cell>
                  <Cell className="whitespace-nowrap text-t2">
                    {host.lastBanMs === null ? "None" : near(host.lastBanMs, nowMs)}
                  </Cell>
                  <Cell className="whitespace-nowrap">
                    <Now host={host} nowMs={nowMs} />
                  </Cell>
                </Row>
              ))}
            </tbody>
          </Table>
        </div>
      )}
      {hosts.length === 0 ? null : <Legend />}
      {alsoBlocking.length > 0 ? (
        <p className="mt-2 text-t2">
          <strong className="font-strong text-t1">Also blocked on {alsoBlocking.length}:</strong>{" "}
          {alsoBlocking
            .map((host) =>
              host.silentSinceMs === null ? host.hostName : `${host.hostName} (unknown, agent silent)`,
            )
            .join(", ")}
        </p>
      ) : null}
      {otherHosts > 0 ? (
        <p className="mt-2 text-right text-t3">
          {counted(otherHosts, hosts.length === 0 ? "host" : "more host")}{" "}
          {otherHosts === 1 ? "never saw this address and does" : "never saw this address and do"} not block
          it
        </p>
      ) : null}
    </section>
  );
}

function Legend() {
  return (
    <p aria-hidden className="mt-2 flex gap-4 text-12 text-t3 max-wide:hidden">
      <span className="flex items-center gap-1.5">
        <svg width="4" height="10" viewBox="0 0 4 10">
          <rect width="4" height="10" fill="var(--acc)" />
        </svg>
        attacks, by the hour
      </span>
      <span className="flex items-center gap-1.5">
        <svg width="18" height="8" viewBox="0 0 18 8">
          <rect width="18" height="8" fill="var(--s3)" />
          <rect width="1.5" height="8" fill="var(--t3)" />
        </svg>
        banned
      </span>
    </p>
  );
}

function sawIt(host: HostView): boolean {
  return host.attacks > 0 || host.lastBanMs !== null;
}

function Now({ host, nowMs }: { host: HostView; nowMs: number }) {
  if (host.silentSinceMs !== null) {
    return (
      <span className="flex items-center gap-2 text-t1">
        <Glyph name="degraded" size={13} /> Unknown
        <span className="text-t3">
          {host.silentSinceMs === 0
            ? "agent never connected"
            : `agent silent ${span(nowMs - host.silentSinceMs)}`}
        </span>
      </span>
    );
  }
  if (host.bans.length === 0) {
    return <span className="text-t2">Not blocked</span>;
  }
  const ends = host.bans.map((ban) => (ban.untilKnown ? (ban.untilMs ?? Infinity) : 0));
  const end = Math.max(...ends);
  const by = [
    ...new Set(host.bans.map((ban) => (ban.enforcer === "banwatch" ? "Banwatch" : `fail2ban ${ban.jail}`))),
  ];
  return (
    <span className="flex items-center gap-2">
      <Lock aria-hidden className="size-3.5 text-t2" /> Blocked
      <span className="text-t3">
        {end === Infinity ? "without end" : end === 0 ? "end not known" : `${left(end - nowMs)} left`}, by{" "}
        {by.join(" and ")}
      </span>
    </span>
  );
}
