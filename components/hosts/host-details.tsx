import Link from "next/link";
import type { ReactNode } from "react";
import type { HostRow } from "../../lib/query/hosts.ts";
import { exactTime } from "../actions/action-words.ts";
import { counted, span, whole } from "../charts/format.ts";
import { cx } from "../ui/cx.ts";
import { Glyph } from "../ui/glyph.tsx";
import { agoText, clockText, sizeText } from "./host-words.ts";

/** What an open host shows: what is wrong first, then its logs, its jails, and the facts. */
export function HostDetails({
  host,
  rulesGeneration,
  nowMs,
}: {
  host: HostRow;
  rulesGeneration: number;
  nowMs: number;
}) {
  const { status } = host;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5 pt-1 pb-5">
      {host.problems.length > 0 ? (
        <ul className="grid gap-1">
          {host.problems.map((problem) => (
            <li key={problem.text} className="flex gap-2 text-t1">
              <Glyph name="degraded" size={13} className="mt-0.5" />
              {problem.text}
            </li>
          ))}
        </ul>
      ) : null}
      {status === null ? null : <Sources sources={status.sources} nowMs={nowMs} />}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-5 wide:grid-cols-2">
        {status?.fail2ban.state === "running" ? <Jails host={host} jails={status.fail2ban.jails} /> : null}
        <section aria-label="Facts">
          <h3 className="mb-1 font-head">Facts</h3>
          <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-1">
            <Fact name="Connected">{exactTime(host.enrolledAtMs)}</Fact>
            {host.revokedAtMs === null ? null : (
              <Fact name="Revoked">{exactTime(host.revokedAtMs)}: its key is refused since then</Fact>
            )}
            <Fact name="Last heard of">
              {agoText(host.lastSeenAtMs, nowMs)}
              {status === null ? "" : `, agent runs for ${span(nowMs - status.startedAtMs)}`}
            </Fact>
            <Fact name="Clock">{clockText(host.clockDifferenceMs)}</Fact>
            {status === null ? null : (
              <>
                <Fact name="Rules">
                  {status.rulesGeneration >= rulesGeneration
                    ? `up to date (generation ${status.rulesGeneration})`
                    : `at generation ${status.rulesGeneration} of ${rulesGeneration}, catching up`}
                </Fact>
                <Fact name="Waiting to be sent">
                  {counted(status.spool.events, "event")}, {sizeText(status.spool.bytes)}
                </Fact>
                <Fact name="Lost when the spool was full">{counted(status.spool.lostEvents, "event")}</Fact>
              </>
            )}
            <Fact name="Commands waiting">{whole(host.waitingCommands)}</Fact>
          </dl>
        </section>
      </div>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-t3">{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

type Status = NonNullable<HostRow["status"]>;

function Sources({ sources, nowMs }: { sources: Status["sources"]; nowMs: number }) {
  if (sources.length === 0) return <p className="text-t2">The agent follows no log on this host.</p>;
  return (
    <section aria-label="Logs">
      <h3 className="font-head">Logs that it follows</h3>
      <div className="min-w-0 overflow-x-auto">
        <table className="mt-1 w-full min-w-[560px] text-left">
          <thead className="text-12 text-t2">
            <tr>
              <th scope="col" className="border-b border-line py-1 font-normal">
                Log
              </th>
              {["Lines", "Events", "Ignored", "Unreadable", "Last event"].map((name) => (
                <th key={name} scope="col" className="border-b border-line py-1 text-right font-normal">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sources.map((source) => (
              <tr key={source.path} className="border-b border-line">
                <td className="py-1.5">
                  <span className="mono break-all">{source.path}</span>
                  {source.state === "following" ? null : (
                    <span className="ml-2 text-warn">
                      {source.state}
                      {source.reason === undefined ? "" : `: ${source.reason}`}
                    </span>
                  )}
                  {source.state === "following" && source.reason !== undefined ? (
                    <span className="ml-2 text-t3">{source.reason}</span>
                  ) : null}
                </td>
                <td className="text-right">{whole(source.lines)}</td>
                <td className="text-right">{whole(source.events)}</td>
                <td className="text-right text-t3">{whole(source.ignored)}</td>
                <td className={cx("text-right", source.unreadable > 0 ? "text-warn" : "text-t3")}>
                  {whole(source.unreadable)}
                </td>
                <td className="text-right whitespace-nowrap">{agoText(source.lastEventAtMs, nowMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {sources.some((source) => source.unreadable > 0) ? (
        <p className="mt-1 text-t3">
          Unreadable lines were too long or not text, or looked like an event and made no sense. They are
          counted and skipped; nothing after them is lost.
        </p>
      ) : null}
    </section>
  );
}

function Jails({
  host,
  jails,
}: {
  host: HostRow;
  jails: Extract<Status["fail2ban"], { state: "running" }>["jails"];
}) {
  return (
    <section aria-label="Jails of fail2ban">
      <h3 className="font-head">Jails of fail2ban</h3>
      <table className="mt-1 w-full text-left">
        <thead className="text-12 text-t2">
          <tr>
            {["Jail", "Banned now", "Since it started"].map((name, index) => (
              <th
                key={name}
                scope="col"
                className={cx("border-b border-line py-1 font-normal", index > 0 && "text-right")}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {jails.map((jail) => (
            <tr key={jail.name} className="border-b border-line">
              <td className="py-1.5">
                <Link
                  href={`/bans?host=${host.id}&jail=${encodeURIComponent(jail.name)}`}
                  className="mono underline-offset-2 hover:underline"
                >
                  {jail.name}
                </Link>
              </td>
              <td className="text-right">{whole(jail.currentlyBanned)}</td>
              <td className="text-right">{whole(jail.totalBanned)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
