/* oxlint-disable jsx-a11y/click-events-have-key-events -- A click on a row is a shortcut for the button in it, which the keyboard reaches. */
"use client";

import { ChevronDown, ChevronRight } from "lucide-react";
import { usePathname, useSearchParams } from "next/navigation";
import type { HostRow, HostsPage as Data } from "../../lib/query/hosts.ts";
import { type Permission, usePermission, type Viewer } from "../actions/permission.ts";
import { clockTime, counted, whole } from "../charts/format.ts";
import { useLiveQuery } from "../live/use-live.ts";
import { useNow } from "../live/use-now.ts";
import { useShortcuts } from "../shell/shortcuts.ts";
import { Button } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import { Glyph } from "../ui/glyph.tsx";
import { ConnectHostDialog, type OwnMachine } from "./connect-host-dialog.tsx";
import { HostDetails } from "./host-details.tsx";
import { ImportDialog } from "./import-dialog.tsx";
import { agoText, clockText, fail2banText, firewallText, hostState } from "./host-words.ts";
import { RevokeHost } from "./revoke-host.tsx";

const COLUMNS =
  "tab:grid tab:grid-cols-[minmax(150px,1.1fr)_minmax(110px,0.9fr)_minmax(150px,1.4fr)_minmax(100px,1fr)_90px_90px] wide:grid-cols-[minmax(180px,1.2fr)_minmax(130px,1fr)_minmax(190px,1.5fr)_minmax(130px,1fr)_minmax(130px,1fr)_90px_100px_90px] items-center gap-x-4";

/** All hosts, those that need a look first. */
export function HostsPage({
  initial,
  viewer,
  machine,
}: {
  initial: Data;
  viewer: Viewer;
  machine: OwnMachine;
}) {
  const live = useLiveQuery("/api/query/hosts", initial, ["hosts"]);
  const nowMs = useNow(initial.asOfMs);
  const permission = usePermission(viewer);
  const path = usePathname();
  const open = useSearchParams().get("row");
  const setOpen = (id: string | null) =>
    window.history.pushState(null, "", id === null ? path : `${path}?row=${encodeURIComponent(id)}`);
  useShortcuts({
    escape: () => {
      if (open === null) return false;
      setOpen(null);
    },
  });
  const { hosts, rulesGeneration } = live.data;
  const agents = hosts.filter((host) => host.kind === "agent" && host.revokedAtMs === null);
  const bad = agents.filter((host) => host.problems.length > 0).length;
  return (
    <>
      <div className="page-x flex flex-wrap items-center gap-x-5 gap-y-2 pt-3 pb-3">
        <h1 className="text-18 font-head">Hosts</h1>
        <p className="text-t2">
          {agents.length === 0
            ? "No agent is connected"
            : bad === 0
              ? `All ${agents.length} healthy`
              : `${bad} of ${counted(agents.length, "host")} ${bad === 1 ? "needs" : "need"} a look`}
        </p>
        <div className="ml-auto flex flex-wrap gap-2">
          {permission.mayAct ? <ImportDialog off={permission.off} /> : null}
          {permission.mayAdminister ? <ConnectHostDialog machine={machine} off={permission.off} /> : null}
        </div>
      </div>
      {agents.length > 1 && agents.filter((host) => host.silent).length * 2 > agents.length ? (
        <p className="page-x flex items-center gap-2 bg-s2 py-2">
          <Glyph name="degraded" size={13} />
          {agents.filter((host) => host.silent).length} of {agents.length} agents silent, numbers are too low
        </p>
      ) : null}
      {live.problem === null ? null : (
        <p role="alert" className="page-x flex items-center gap-3 border-y border-line py-2">
          The hosts could not be loaded at {clockTime(live.problem.atMs)}. {live.problem.message}
          <Button onClick={live.reload}>Try again</Button>
        </p>
      )}
      {hosts.length === 0 ? (
        <p className="page-x border-t border-line py-6 text-t2">
          No host is connected yet.{" "}
          {permission.mayAdminister
            ? "Connect one to see what attacks it and what blocks that."
            : "An admin can connect one."}
        </p>
      ) : (
        <div role="table" aria-label="Hosts">
          <div role="rowgroup" className="page-x border-b border-line2 max-tab:sr-only">
            <div role="row" className={cx(COLUMNS, "h-[37px] text-12 text-t2")}>
              <span role="columnheader" className="pl-[18px]">
                Host
              </span>
              <span role="columnheader">Agent</span>
              <span role="columnheader">fail2ban</span>
              <span role="columnheader">Firewall</span>
              <span role="columnheader" className="hidden wide:block">
                Logs
              </span>
              <span role="columnheader">Last event</span>
              <span role="columnheader" className="hidden wide:block">
                Clock
              </span>
              <span role="columnheader">Version</span>
            </div>
          </div>
          <div role="rowgroup">
            {hosts.map((host) => (
              <HostItem
                key={host.id}
                host={host}
                open={open === host.id}
                toggle={() => setOpen(open === host.id ? null : host.id)}
                rulesGeneration={rulesGeneration}
                nowMs={nowMs}
                permission={permission}
                changed={live.reload}
              />
            ))}
          </div>
        </div>
      )}
    </>
  );
}

function HostItem({
  host,
  open,
  toggle,
  rulesGeneration,
  nowMs,
  permission,
  changed,
}: {
  host: HostRow;
  open: boolean;
  toggle: () => void;
  rulesGeneration: number;
  nowMs: number;
  permission: Permission;
  changed: () => void;
}) {
  const { status } = host;
  const state = hostState(host, nowMs);
  const Chevron = open ? ChevronDown : ChevronRight;
  const stoppedFail2ban = status !== null && status.fail2ban.state === "stopped";
  const noFirewall = status !== null && status.firewall.state === "unavailable";
  const gone = host.kind === "import" || host.revokedAtMs !== null;
  return (
    <div className={open ? "border-b border-line2 bg-s1" : "border-b border-line"}>
      <div
        role="row"
        onClick={(event) => {
          if (event.target instanceof Element && event.target.closest("button, a") === null) toggle();
        }}
        className={cx(
          COLUMNS,
          "page-x min-h-[60px] py-2 tab:h-9 tab:min-h-0 tab:py-0",
          !open && "ease-colour hover:bg-s2",
        )}
      >
        <span role="cell" className="flex min-w-0 items-center gap-1">
          <button
            type="button"
            aria-expanded={open}
            aria-label={`Show what ${host.name} says of itself`}
            onClick={toggle}
            className="touchable -ml-1.5 grid size-6 shrink-0 place-items-center text-t2 hover:text-t1"
          >
            <Chevron aria-hidden className="size-3.5" />
          </button>
          <span className="truncate font-strong">{host.name}</span>
        </span>
        <span role="cell" className={cx("flex items-center gap-2 max-tab:pl-[22px]", state.tone)}>
          <Glyph name={state.glyph} size={12} />
          <span className="truncate">{state.word}</span>
        </span>
        <span
          role="cell"
          className={cx("truncate max-tab:hidden", stoppedFail2ban ? "text-warn" : "text-t2")}
        >
          {gone ? null : fail2banText(status)}
        </span>
        <span role="cell" className={cx("truncate max-tab:hidden", noFirewall ? "text-warn" : "text-t2")}>
          {gone ? null : firewallText(status)}
        </span>
        <span role="cell" className="hidden truncate text-t2 wide:block">
          {gone || status === null ? null : <LogsText sources={status.sources} />}
        </span>
        <span role="cell" className="text-t2 max-tab:pl-[22px]">
          <span className="tab:hidden">Last event </span>
          {agoText(host.lastEventAtMs, nowMs)}
        </span>
        <span role="cell" className="hidden text-t2 wide:block">
          {gone ? null : clockText(host.clockDifferenceMs)}
        </span>
        <span role="cell" className="mono truncate text-t3 max-tab:hidden">
          {status?.agentVersion ?? ""}
        </span>
      </div>
      {open ? (
        <div role="row">
          <div role="cell" className="page-x wide:pl-[50px]">
            <HostDetails host={host} rulesGeneration={rulesGeneration} nowMs={nowMs} />
            {permission.mayAdminister && host.kind === "agent" && host.revokedAtMs === null ? (
              <div className="pb-5">
                <RevokeHost host={host} off={permission.off} changed={changed} />
              </div>
            ) : null}
          </div>
        </div>
      ) : null}
    </div>
  );
}

function LogsText({ sources }: { sources: NonNullable<HostRow["status"]>["sources"] }) {
  const unreadable = sources.reduce((sum, source) => sum + source.unreadable, 0);
  const away = sources.filter((source) => source.state !== "following").length;
  return (
    <>
      {counted(sources.length, "log")}
      {away > 0 ? <span className="text-warn">, {away} not readable</span> : null}
      {unreadable > 0 ? <span className="text-warn">, {whole(unreadable)} unreadable lines</span> : null}
    </>
  );
}
