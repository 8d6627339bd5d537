"use client";

import { ChevronLeft, Copy } from "lucide-react";
import Link from "next/link";
import { Fragment, type ReactNode, useState } from "react";
import type { Attacker } from "../../lib/query/attacker.ts";
import type { BanRow } from "../../lib/query/bans.ts";
import { ActionPanel } from "../actions/action-panel.tsx";
import { exactTime } from "../actions/action-words.ts";
import { usePermission, type Viewer } from "../actions/permission.ts";
import { useActs } from "../actions/use-acts.ts";
import { BanQuestion } from "../bans/ban-question.tsx";
import { near } from "../bans/ban-words.ts";
import { UnbanQuestion } from "../bans/unban-question.tsx";
import { clockTime, counted, whole } from "../charts/format.ts";
import { useLiveQuery } from "../live/use-live.ts";
import { useNow } from "../live/use-now.ts";
import { Button } from "../ui/button.tsx";
import { Glyph } from "../ui/glyph.tsx";
import { Popover, PopoverContent, PopoverTrigger } from "../ui/popover.tsx";
import { useToast } from "../ui/toast.tsx";
import { HostsThatSawIt } from "./hosts-that-saw-it.tsx";
import { Story } from "./story.tsx";

/** One address: the worst that is known of it in one sentence, each host's state now, and what happened. */
export function AttackerPage({ initial, viewer }: { initial: Attacker; viewer: Viewer }) {
  const url = `/api/query/attacker?address=${encodeURIComponent(initial.address)}`;
  const live = useLiveQuery(url, initial, ["bans", "commands", "events"]);
  const nowMs = useNow(initial.asOfMs);
  const permission = usePermission(viewer);
  const acts = useActs(live.reload);
  const attacker = live.data;
  const { address, detail } = attacker;
  const row = rowOf(attacker);
  const [action] = detail.actions;
  return (
    <div className="page-x pt-3 pb-10">
      <Link
        href="/bans"
        className="inline-flex min-h-6 items-center gap-1 text-t2 hover:text-t1 max-tab:min-h-11"
      >
        <ChevronLeft aria-hidden className="size-3.5" />
        Bans
      </Link>
      <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="mono text-28 break-all">{address}</h1>
        <CopyButton text={address} />
        {permission.mayAct ? (
          <div className="ml-auto flex flex-wrap gap-2 max-tab:ml-0">
            {row.hostCount > 0 ? (
              <Ask label="Unban…" off={permission.off}>
                {(close) => (
                  <UnbanQuestion
                    what={address}
                    hostCount={row.hostCount}
                    off={permission.off}
                    run={() => acts.unban(address, { hostCount: row.hostCount })}
                    close={close}
                  />
                )}
              </Ask>
            ) : null}
            {(["Ban permanently…", "Ban everywhere…"] as const).map((label) => (
              <Ask key={label} label={label} primary={label === "Ban everywhere…"} off={permission.off}>
                {(close) => (
                  <BanQuestion
                    row={row}
                    hostTotal={detail.hosts.length}
                    everywhere={label === "Ban everywhere…"}
                    nowMs={nowMs}
                    acts={acts}
                    off={permission.off}
                    close={close}
                  />
                )}
              </Ask>
            ))}
          </div>
        ) : null}
      </div>
      <Facts attacker={attacker} nowMs={nowMs} />
      {live.problem === null ? null : (
        <p role="alert" className="mt-3 flex items-center gap-3 border-y border-line py-2">
          This address could not be loaded at {clockTime(live.problem.atMs)}. {live.problem.message}
          <Button onClick={live.reload}>Try again</Button>
        </p>
      )}
      <LoginAlert attacker={attacker} nowMs={nowMs} />
      {action === undefined ? null : (
        <div className="mt-5 rounded-control bg-s1 p-4">
          <ActionPanel
            action={action}
            nowMs={nowMs}
            undo={permission.mayAct && action.verb !== "undo" ? (undone) => void acts.undo(undone) : null}
            again={permission.mayAct ? (command) => void acts.again(address, command) : null}
            off={permission.off}
          />
        </div>
      )}
      <HostsThatSawIt attacker={attacker} nowMs={nowMs} />
      <div className="mt-8 grid grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-8 wide:grid-cols-2">
        <Story attacker={attacker} nowMs={nowMs} />
        <Users users={attacker.users} />
      </div>
    </div>
  );
}

/** The address as the list of bans has it, for the questions. */
function rowOf({ address, known, detail }: Attacker): BanRow {
  const ends = detail.bans.map((ban) => ban.untilMs);
  const permanent = detail.bans.some((ban) => ban.untilKnown && ban.untilMs === null);
  return {
    address,
    sinceMs: Math.max(0, ...detail.bans.map((ban) => ban.sinceMs)),
    untilMs: permanent || ends.includes(null) ? null : Math.max(0, ...ends.map((end) => end ?? 0)),
    permanent,
    hostCount: new Set(detail.bans.map((ban) => ban.hostId)).size,
    unknownHostCount: 0,
    jail: detail.bans.find((ban) => ban.jail !== "")?.jail ?? "",
    countryCode: known?.countryCode ?? "ZZ",
    countryName: known?.countryName ?? "Unknown",
    city: known?.city ?? null,
    asn: known?.asn ?? 0,
    networkName: known?.networkName ?? null,
    attacks: known?.attacks ?? 0,
    setBy: null,
    action: null,
  };
}

function Ask({
  label,
  primary = false,
  off,
  children,
}: {
  label: string;
  primary?: boolean;
  off: string | null;
  children: (close: () => void) => ReactNode;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Popover modal open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button kind={primary ? "primary" : "outline"} disabled={off !== null} title={off ?? undefined}>
          {label}
        </Button>
      </PopoverTrigger>
      <PopoverContent align="end">{children(() => setOpen(false))}</PopoverContent>
    </Popover>
  );
}

function CopyButton({ text }: { text: string }) {
  const toast = useToast();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast({ text: `Copied ${text}` });
    } catch {
      toast({ text: "The browser did not allow copying.", tone: "crit" });
    }
  };
  return (
    <button
      type="button"
      aria-label="Copy the address"
      onClick={() => void copy()}
      className="touchable grid size-6 place-items-center rounded-control text-t2 hover:bg-s2 hover:text-t1"
    >
      <Copy aria-hidden className="size-4" />
    </button>
  );
}

function Facts({ attacker, nowMs }: { attacker: Attacker; nowMs: number }) {
  const { known, neighbours } = attacker;
  if (known === null) {
    return <p className="mt-1 text-t2">This address never attacked a host, as far as is stored.</p>;
  }
  const facts: ReactNode[] = [
    <>
      {known.city === null ? "" : `${known.city}, `}
      {known.countryName} <span className="text-t3">approximate</span>
    </>,
    known.asn === 0 ? (
      "Network not known"
    ) : (
      <>
        {known.networkName} <span className="text-t3">AS{known.asn}</span>
      </>
    ),
    <time
      key="first"
      dateTime={new Date(known.firstSeenMs).toISOString()}
      title={exactTime(known.firstSeenMs)}
    >
      First seen {near(known.firstSeenMs, nowMs)}
    </time>,
    `${counted(known.attacks, "attack")}, ${counted(known.bans, "ban")}`,
    neighbours.count === 0 ? (
      `No other attacker in ${neighbours.prefix}`
    ) : (
      <Link
        href={`/bans?q=${encodeURIComponent(neighbours.prefix)}`}
        className="underline decoration-line2 underline-offset-2"
      >
        {counted(neighbours.count, "more attacker")} in {neighbours.prefix}
      </Link>
    ),
  ];
  return (
    <p className="mt-1 flex flex-wrap gap-y-0.5 text-t2 max-tab:grid">
      {facts.map((fact, index) => (
        <Fragment key={index}>
          {index === 0 ? null : <span aria-hidden className="mx-3 border-l border-line2 max-tab:hidden" />}
          <span>{fact}</span>
        </Fragment>
      ))}
    </p>
  );
}

/** A login that follows failed attempts: the only red on the page. */
function LoginAlert({ attacker, nowMs }: { attacker: Attacker; nowMs: number }) {
  const login = attacker.story.find((entry) => entry.kind === "login" && entry.attacksBefore > 0);
  if (login?.kind !== "login") return null;
  const blocking = new Set(
    attacker.detail.bans.filter((ban) => ban.silentSinceMs === null).map((ban) => ban.hostName),
  );
  return (
    <section className="mt-4 flex items-center gap-4 rounded-control bg-crit-bg px-4 py-3">
      <Glyph name="needs-you" size={18} />
      <div>
        <h2 className="text-18 font-head">
          Logged in to {login.hostName}
          {login.userName === null ? null : (
            <>
              {" "}
              as <span className="mono">{login.userName}</span>
            </>
          )}{" "}
          at {near(login.timeMs, nowMs)}, after {counted(login.attacksBefore, "failed attempt")}
        </h2>
        <p className="text-t2">
          {blocking.has(login.hostName)
            ? `${login.hostName} blocks this address now.`
            : `${login.hostName} does not block this address now, as far as is known.`}
        </p>
      </div>
    </section>
  );
}

function Users({ users }: { users: Attacker["users"] }) {
  if (users.length === 0) return null;
  const most = Math.max(...users.map((user) => user.attacks));
  return (
    <section aria-label="Usernames tried">
      <h2 className="mb-1 font-head">Usernames tried</h2>
      <ul>
        {users.map((user) => (
          <li
            key={user.name}
            className="grid grid-cols-[minmax(0,1fr)_120px_60px] items-center gap-3 py-[3px]"
          >
            <span className="mono truncate">{user.name}</span>
            <svg aria-hidden width="120" height="7" viewBox="0 0 120 7">
              <rect width={(user.attacks / most) * 120} height="7" fill="var(--acc-mid)" />
            </svg>
            <span className="text-right">{whole(user.attacks)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
