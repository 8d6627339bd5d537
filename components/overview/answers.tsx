"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import type { CountNow } from "../../lib/query/attacks-now.ts";
import type { Overview } from "../../lib/query/overview.ts";
import { clockMinute, counted, factor, span, whole } from "../charts/format.ts";
import { Sparkline } from "../charts/sparkline.tsx";
import { StepSpark } from "../charts/step-spark.tsx";
import { UsualMeter } from "../charts/usual-meter.tsx";
import { buttonClass } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import { Glyph } from "../ui/glyph.tsx";
import { HostSquares } from "./host-squares.tsx";

/** What would be written as “1.0× usual” is as usual. */
const NOTICED_FACTOR = 1.05;

/** The four questions of someone woken at three in the morning; their places never move. */
export function Answers({ overview, staleSinceMs }: { overview: Overview; staleSinceMs: number | null }) {
  return (
    <section aria-label="Answers" className="border-b border-line tab:page-x">
      <div className="grid grid-cols-2 tab:gap-x-10 wide:grid-cols-4">
        <LoginsAnswer overview={overview} />
        <AttacksAnswer overview={overview} />
        <ProtectionAnswer overview={overview} />
        <BlockedAnswer overview={overview} />
      </div>
      {staleSinceMs === null ? null : (
        <output className="block max-tab:px-4 pb-2 text-t2">
          As of {clockMinute(staleSinceMs)}: the connection is lost, these numbers may have changed.
        </output>
      )}
    </section>
  );
}

function Answer({
  question,
  value,
  unit,
  alert = false,
  action,
  phone = "row",
  children,
}: {
  question: string;
  value: ReactNode;
  unit?: ReactNode;
  alert?: boolean;
  action?: ReactNode;
  /** How it stands on a phone: alone in its row, or half of one. */
  phone?: "row" | "left" | "right";
  children: ReactNode;
}) {
  return (
    <div
      className={cx(
        "relative min-w-0 border-line pt-3 pb-3 max-tab:border-b max-tab:px-4",
        "tab:[&:nth-child(even)]:before:absolute tab:[&:nth-child(even)]:before:top-3.5 tab:[&:nth-child(even)]:before:bottom-3.5 tab:[&:nth-child(even)]:before:-left-5 tab:[&:nth-child(even)]:before:w-px tab:[&:nth-child(even)]:before:bg-line",
        "wide:[&:nth-child(3)]:before:absolute wide:[&:nth-child(3)]:before:top-3.5 wide:[&:nth-child(3)]:before:bottom-3.5 wide:[&:nth-child(3)]:before:-left-5 wide:[&:nth-child(3)]:before:w-px wide:[&:nth-child(3)]:before:bg-line",
        alert && "max-tab:bg-crit-bg",
        phone === "row" && "max-tab:col-span-2",
        phone === "left" && "max-tab:pr-0",
        phone === "right" && "max-tab:pl-0 max-tab:text-right",
      )}
    >
      <h2 className="text-t2">{question}</h2>
      <div className="flex items-center gap-3 max-[359px]:flex-wrap">
        <p
          className={cx(
            "flex min-w-0 flex-1 items-baseline gap-2 whitespace-nowrap max-[359px]:min-w-full",
            phone === "right" && "max-tab:justify-end",
          )}
        >
          <span className={cx("text-26 font-strong", alert ? "text-crit" : "text-t1")}>{value}</span>
          {unit ? (
            <span className={cx("truncate text-15 leading-8 text-t2", phone === "right" && "max-tab:hidden")}>
              {unit}
            </span>
          ) : null}
        </p>
        {action}
      </div>
      {children}
    </div>
  );
}

function LoginsAnswer({ overview: { logins, filter } }: { overview: Overview }) {
  const question = "Did anyone get in?";
  if (logins.kind === "not_watched") {
    return (
      <Answer question={question} value={<span className="text-t2">Not watched yet</span>}>
        <p className="mt-1 text-t2">fail2ban’s log does not name logins that worked.</p>
        <p className="text-t2">Reading sshd’s own log will answer this.</p>
      </Answer>
    );
  }
  const [worst] = logins.suspicious;
  if (worst === undefined) {
    return (
      <Answer question={question} value="No">
        <p className="mt-1 text-t2">
          No login followed failed attempts in {filter.range.replace(/(\d+)/, "$1 ")}.
        </p>
        <p className="text-t2">
          {logins.logins === 0
            ? "No logins at all."
            : `${counted(logins.logins, "login")}, none after failures from its address.`}
        </p>
      </Answer>
    );
  }
  const count = logins.suspicious.length;
  return (
    <Answer
      question={question}
      alert
      value={
        <>
          <Glyph name="needs-you" size={19} className="mr-2.5 inline-block align-[-2px]" />
          {counted(count, "login")} to review
        </>
      }
      action={
        <Link href={`/ip/${encodeURIComponent(worst.address)}`} className={buttonClass("primary")}>
          Review
        </Link>
      }
    >
      <p className="truncate text-t2">
        {worst.userName ? <span className="mono text-t1">{worst.userName}</span> : "Somebody"} on{" "}
        <span className="text-t1">{worst.hostName}</span> from{" "}
        <span className="mono text-t1">{worst.address}</span>
      </p>
      <p className="text-t2">
        at {clockMinute(worst.timeMs)}, after {counted(worst.failures, "failed attempt")}
      </p>
    </Answer>
  );
}

function AttacksAnswer({ overview }: { overview: Overview }) {
  const { attacksHour, usual } = overview.now;
  const { count } = attacksHour;
  const band = attacksHour.usual;
  const unit = `${whole(count)} in the last 60 min`;
  const question = "More attacks than usual?";
  if (band === null) {
    return (
      <Answer question={question} value={whole(count)} unit="in the last 60 min">
        <div className="flex h-[22px] items-center">
          <UsualMeter count={count} usual={null} />
        </div>
        <p className="text-t2">
          Learning what is usual{usual.kind === "learning" ? `, ${counted(usual.daysLeft, "day")} left` : ""}
        </p>
      </Answer>
    );
  }
  const above = count > band.high && count >= band.median * NOTICED_FACTOR;
  const value = above
    ? band.median >= 1
      ? `${factor(count / band.median)} usual`
      : "More than usual"
    : count < band.low
      ? "Below usual"
      : "As usual";
  const cause = [
    overview.cause?.countryCode ? (overview.countryNames[overview.cause.countryCode] ?? null) : null,
    overview.cause?.detector ?? null,
  ].filter((each) => each !== null);
  return (
    <Answer
      question={question}
      value={value}
      unit={<span className="max-tab:hidden">{unit}</span>}
      action={
        <span className="-mt-4 -mb-10 self-start max-[359px]:hidden tab:hidden">
          <StepSpark timeline={overview.timeline} />
        </span>
      }
    >
      <div className="flex h-[22px] items-center max-tab:hidden">
        <UsualMeter count={count} usual={band} />
      </div>
      <p className="text-t2 tab:hidden">
        {unit}
        {above && cause.length > 0 ? (
          <>
            ,<br />
            mostly {cause.join(", ")}
          </>
        ) : null}
      </p>
      <p className="truncate text-t2 max-tab:hidden">
        {above
          ? `${whole(count - band.median)} above usual${cause.length > 0 ? `, mostly ${cause.join(", ")}` : ""}`
          : `Usual for this hour is ${whole(band.low)} to ${whole(band.high)}`}
      </p>
    </Answer>
  );
}

function ProtectionAnswer({ overview: { protection, asOfMs } }: { overview: Overview }) {
  const { hosts, protectedCount, worst } = protection;
  const question = "Hosts protected";
  if (hosts.length === 0) {
    return (
      <Answer question={question} value={<span className="text-t2">Needs an agent</span>}>
        <p className="mt-1 text-t2">Imported logs show the past.</p>
        <p className="text-t2">
          <Link href="/hosts" className="text-t1 underline decoration-line2 underline-offset-2">
            Connect a host
          </Link>{" "}
          to see what protects it now.
        </p>
      </Answer>
    );
  }
  const all = protectedCount === hosts.length;
  const ageMs = protection.oldestReportMs === null ? 0 : asOfMs - protection.oldestReportMs;
  return (
    <Answer
      question={question}
      value={all ? `All ${hosts.length}` : whole(protectedCount)}
      phone="left"
      unit={all ? (hosts.length === 1 ? "host" : "hosts") : `of ${whole(hosts.length)}`}
    >
      <div className="flex h-[22px] items-center">
        <span className="flex max-tab:w-[calc(100vw-32px)] max-tab:shrink-0">
          <HostSquares hosts={hosts} />
        </span>
      </div>
      {worst ? (
        <p className="flex items-center gap-1.5 truncate text-t2">
          <Glyph name="degraded" size={13} />
          <Link href={`/hosts#${worst.id}`} className="font-control text-t1 hover:underline">
            {worst.name}
          </Link>
          <span className="truncate" title={worst.text}>
            {worst.text.replace(/^Agent silent/, "silent").replace(/\. What .*$/, "")}
          </span>
        </p>
      ) : (
        <p className="text-t2">Every agent reported in the last {ageMs < 60_000 ? "60 s" : span(ageMs)}</p>
      )}
    </Answer>
  );
}

function BlockedAnswer({ overview: { blocked, now, protection } }: { overview: Overview }) {
  const question = "Blocked now";
  if (protection.hosts.length === 0) {
    return (
      <Answer question={question} value={<span className="text-t2">Needs an agent</span>}>
        <p className="mt-1 text-t2">
          {counted(now.bansHour.count, "ban")} in the last hour, {whole(now.bansDay.count)} in 24 h
        </p>
        <p className="text-t2">as the imported logs tell.</p>
      </Answer>
    );
  }
  return (
    <Answer
      question={question}
      value={whole(blocked.addresses)}
      phone="right"
      unit={
        <>
          {blocked.addresses === 1 ? "address" : "addresses"}, {whole(blocked.permanent)} permanent
        </>
      }
    >
      <div className="flex h-[22px] items-center max-tab:invisible">
        <Sparkline values={now.bansByHour} label="New bans in each of the last 24 hours" />
      </div>
      <p className="text-t2 tab:hidden">
        +{whole(now.bansHour.count)} −{whole(now.unbansHour)} in 1 h
      </p>
      <p
        className="truncate text-t2 max-tab:hidden"
        title={`${whole(now.unbansHour)} lifted in the last hour`}
      >
        <BansNow name="in 1 h" now={now.bansHour} word="bans" /> ·{" "}
        <BansNow name="in 24 h" now={now.bansDay} brief />
      </p>
    </Answer>
  );
}

/** `218 bans in 1 h, 1.4× usual` */
function BansNow({
  name,
  now,
  word,
  brief = false,
}: {
  name: string;
  now: CountNow;
  word?: string;
  /** Leaves out “usual”, which stands before it in the same line. */
  brief?: boolean;
}) {
  const { count, usual } = now;
  const above =
    usual !== null && count > usual.high && usual.median >= 1 && count >= usual.median * NOTICED_FACTOR;
  return (
    <span>
      {whole(count)}
      {word ? ` ${count === 1 ? "ban" : word}` : ""} {name}
      {usual === null ? null : above ? (
        <span className="font-strong text-acc">
          {" "}
          {factor(count / usual.median)}
          {brief ? "" : " usual"}
        </span>
      ) : (
        <span className="text-t3">
          {count < usual.low ? (brief ? " below" : " below usual") : " as usual"}
        </span>
      )}
    </span>
  );
}
