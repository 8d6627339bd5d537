import Link from "next/link";
import { Fragment, type ReactNode } from "react";
import type { Attacker } from "../../lib/query/attacker.ts";
import type { StoryEntry } from "../../lib/query/attacker-story.ts";
import { someNames } from "../bans/ban-question.tsx";
import { clockMinute, clockTime, counted, shortDay, whole } from "../charts/format.ts";
import { Glyph } from "../ui/glyph.tsx";

/** What happened, newest first, beginning with what is so now. */
export function Story({ attacker, nowMs }: { attacker: Attacker; nowMs: number }) {
  const { story, cut, address } = attacker;
  return (
    <section aria-label="What happened">
      <div className="mb-2 flex items-baseline gap-2">
        <h2 className="font-head">What happened</h2>
        <span className="text-t3">newest first</span>
        <Link
          href={`/feed?q=${encodeURIComponent(address)}`}
          className="ml-auto font-control underline-offset-2 hover:underline"
        >
          Its events
        </Link>
      </div>
      <ol>
        <Entry when="Now" glyph="now" title={nowTitle(attacker)} />
        {story.map((entry) =>
          entry.kind === "login" ? (
            <Entry
              key={`login ${entry.timeMs}`}
              when={`${shortDay(entry.timeMs).split(" ")[0]} ${clockTime(entry.timeMs)}`}
              glyph={entry.attacksBefore > 0 ? "login" : "other"}
              title={
                <span className={entry.attacksBefore > 0 ? "text-crit" : undefined}>
                  Logged in to {entry.hostName}
                  {entry.userName === null ? null : (
                    <>
                      {" "}
                      as <span className="mono">{entry.userName}</span>
                    </>
                  )}
                </span>
              }
            />
          ) : (
            <Entry
              key={`attacks ${entry.fromMs}`}
              when={whenText(entry, nowMs)}
              glyph={entry.attacks > 0 ? "attempt" : "ban"}
              title={attackTitle(entry)}
              more={
                entry.userNames.length === 0 ? null : (
                  <>
                    as{" "}
                    {entry.userNames.map((name, index) => (
                      <Fragment key={name}>
                        {index === 0 ? "" : ", "}
                        <span className="mono">{name}</span>
                      </Fragment>
                    ))}
                  </>
                )
              }
            />
          ),
        )}
      </ol>
      {cut ? <p className="mt-2 text-t3">Older events than the newest 5,000 are not told here.</p> : null}
    </section>
  );
}

function Entry({
  when,
  glyph,
  title,
  more = null,
}: {
  when: string;
  glyph: "now" | "login" | "attempt" | "ban" | "other";
  title: ReactNode;
  more?: ReactNode;
}) {
  return (
    <li className="grid grid-cols-[112px_12px_minmax(0,1fr)] gap-x-3 pb-3.5">
      <span className="text-t2">{when}</span>
      <span className="pt-[3px]">
        {glyph === "now" ? (
          <svg aria-hidden width="12" height="12" viewBox="0 0 12 12">
            <circle cx="6" cy="6" r="3.5" fill="var(--t1)" />
          </svg>
        ) : (
          <Glyph name={glyph} />
        )}
      </span>
      <div>
        <p className="font-strong">{title}</p>
        {more === null ? null : <p className="text-t2">{more}</p>}
      </div>
    </li>
  );
}

function nowTitle({ detail }: Attacker): string {
  const certain = new Set(detail.bans.filter((ban) => ban.silentSinceMs === null).map((ban) => ban.hostId))
    .size;
  const unknown = new Set(detail.bans.filter((ban) => ban.silentSinceMs !== null).map((ban) => ban.hostId))
    .size;
  const blocked =
    certain === 0 ? "Blocked on no host" : `Blocked on ${certain} of ${counted(detail.hosts.length, "host")}`;
  return unknown === 0 ? blocked : `${blocked}, unknown on ${unknown}`;
}

type Attacks = Extract<StoryEntry, { kind: "attacks" }>;

function attackTitle(entry: Attacks): string {
  const where =
    entry.hostNames.length > 3 ? counted(entry.hostNames.length, "host") : someNames(entry.hostNames);
  const bans = entry.bans === 0 ? "" : `banned ${entry.bans === 1 ? "once" : `${whole(entry.bans)} times`}`;
  if (entry.attacks === 0) return `${bans === "" ? "Scanned" : bans.replace("b", "B")} on ${where}`;
  return `${counted(entry.attacks, "failed attempt")} on ${where}${bans === "" ? "" : `, ${bans}`}`;
}

function whenText(entry: Attacks, nowMs: number): string {
  if (nowMs - entry.toMs >= 86_400_000) return shortDay(entry.toMs);
  const day = shortDay(entry.toMs).split(" ")[0];
  const from = clockMinute(entry.fromMs);
  const to = clockMinute(entry.toMs);
  return from === to ? `${day} ${from}` : `${day} ${from} – ${to}`;
}
