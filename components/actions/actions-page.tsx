/* oxlint-disable jsx-a11y/click-events-have-key-events -- A click on a row is a shortcut for the button in it, which the keyboard reaches. */
"use client";

import { ChevronDown, ChevronRight, Undo2 } from "lucide-react";
import Link from "next/link";
import { useEffect, useState } from "react";
import { usePathname, useSearchParams } from "next/navigation";
import type { ActionProgress } from "../../lib/query/action-progress.ts";
import type { ActionsPage as Data } from "../../lib/query/actions.ts";
import { clockTime } from "../charts/format.ts";
import { useLiveQuery } from "../live/use-live.ts";
import { useNow } from "../live/use-now.ts";
import { useShortcuts } from "../shell/shortcuts.ts";
import { Button } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import { Segmented } from "../ui/segmented.tsx";
import { ActionPanel } from "./action-panel.tsx";
import { ActionSummary } from "./action-summary.tsx";
import { actionTitle, exactTime, whenOf } from "./action-words.ts";
import { type Permission, usePermission, type Viewer } from "./permission.ts";
import { type Acts, useActs } from "./use-acts.ts";

const COLUMNS =
  "tab:grid tab:grid-cols-[130px_minmax(150px,1fr)_minmax(150px,1fr)_minmax(200px,1.4fr)_76px] wide:grid-cols-[150px_minmax(180px,1fr)_minmax(170px,1fr)_minmax(260px,1.6fr)_minmax(160px,1.2fr)_minmax(120px,0.8fr)_76px] items-center gap-x-4";

type VerbFilter = "all" | "unban" | "ban_permanently" | "undo";
const VERBS: readonly { value: VerbFilter; label: string }[] = [
  { value: "all", label: "Everything" },
  { value: "ban_permanently", label: "Bans" },
  { value: "unban", label: "Unbans" },
  { value: "undo", label: "Undone" },
];

/** The log of what people did: who, what, where, why, from where, and how it went on each host. */
export function ActionsPage({ initial, viewer }: { initial: Data; viewer: Viewer }) {
  const path = usePathname();
  const parameters = useSearchParams();
  const verb = VERBS.find((each) => each.value === parameters.get("verb"))?.value ?? "all";
  const row = parameters.get("row");
  const url = `/api/query/actions${verb === "all" ? "" : `?verb=${verb}`}`;
  const live = useLiveQuery(url, initial, ["commands"]);
  const nowMs = useNow(initial.asOfMs);
  const permission = usePermission(viewer);
  const acts = useActs(live.reload);
  const [older, setOlder] = useState<{ url: string; actions: ActionProgress[]; next: string | null } | null>(
    null,
  );
  const tail = older?.url === url ? older : null;
  const change = (next: { verb: VerbFilter; row: string | null }) => {
    const written = new URLSearchParams();
    if (next.verb !== "all") written.set("verb", next.verb);
    if (next.row !== null) written.set("row", next.row);
    window.history.pushState(null, "", written.size === 0 ? path : `${path}?${written.toString()}`);
  };
  useShortcuts({
    escape: () => {
      if (row === null) return false;
      change({ verb, row: null });
    },
  });

  const inHead = new Set(live.data.actions.map((action) => action.id));
  const actions = [...live.data.actions, ...(tail?.actions ?? []).filter((action) => !inHead.has(action.id))];
  const next = tail === null ? live.data.next : tail.next;
  const loadOlder = async () => {
    if (next === null) return;
    // Without a connection the button stays, to try again.
    const response = await fetch(`${url}${verb === "all" ? "?" : "&"}after=${next}`).catch(() => null);
    if (response === null || !response.ok) return;
    const page = (await response.json()) as Data;
    setOlder({ url, actions: [...(tail?.actions ?? []), ...page.actions], next: page.next });
  };

  return (
    <>
      <div className="page-x flex flex-wrap items-center gap-x-5 gap-y-2 pt-3 pb-3">
        <h1 className="text-18 font-head">Actions</h1>
        <Segmented
          label="Which actions"
          value={verb}
          onChange={(value) => change({ verb: value, row: null })}
          options={VERBS}
        />
        <p className="ml-auto text-t3 max-wide:hidden">
          Newest first. Nothing here can be changed or deleted.
        </p>
      </div>
      {live.problem === null ? null : (
        <p role="alert" className="page-x flex items-center gap-3 border-y border-line py-2">
          The actions could not be loaded at {clockTime(live.problem.atMs)}. {live.problem.message}
          <Button onClick={live.reload}>Try again</Button>
        </p>
      )}
      <div className={cx("ease-colour", live.stale && "opacity-60")} aria-busy={live.stale}>
        {actions.length === 0 ? (
          <p className="page-x border-t border-line py-6 text-t2">
            {verb === "all"
              ? "Nothing was done yet. Every ban, unban and change of a person appears here, with its result on each host."
              : "Nothing of this kind was done yet."}
          </p>
        ) : (
          <div role="table" aria-label="Actions">
            <div role="rowgroup" className="page-x border-b border-line2 max-tab:sr-only">
              <div role="row" className={cx(COLUMNS, "h-[37px] text-12 text-t2")}>
                <span role="columnheader" className="pl-[18px]">
                  When
                </span>
                <span role="columnheader">What</span>
                <span role="columnheader">Address</span>
                <span role="columnheader">Result</span>
                <span role="columnheader" className="hidden wide:block">
                  Reason
                </span>
                <span role="columnheader" className="hidden wide:block">
                  Who
                </span>
                <span role="columnheader" className="sr-only">
                  Take back
                </span>
              </div>
            </div>
            <div role="rowgroup">
              {actions.map((action) => (
                <ActionItem
                  key={action.id}
                  action={action}
                  open={row === action.id}
                  toggle={() => change({ verb, row: row === action.id ? null : action.id })}
                  nowMs={nowMs}
                  permission={permission}
                  acts={acts}
                />
              ))}
              {row !== null && !actions.some((action) => action.id === row) ? (
                <OlderAction
                  key={row}
                  id={row}
                  nowMs={nowMs}
                  permission={permission}
                  acts={acts}
                  close={() => change({ verb, row: null })}
                />
              ) : null}
            </div>
          </div>
        )}
        {next === null ? null : (
          <div className="page-x py-4">
            <Button onClick={() => void loadOlder()}>Show older actions</Button>
          </div>
        )}
      </div>
    </>
  );
}

/** An action that a link names and that is not among the loaded ones. */
function OlderAction({
  id,
  nowMs,
  permission,
  acts,
  close,
}: {
  id: string;
  nowMs: number;
  permission: Permission;
  acts: Acts;
  close: () => void;
}) {
  const { data, reload } = useLiveQuery<Data | null>(
    `/api/query/actions?only=${encodeURIComponent(id)}`,
    null,
    ["commands"],
  );
  // Nothing came with the page for this row.
  useEffect(() => reload(), [reload]);
  const [action] = data?.actions ?? [];
  if (action === undefined) return null;
  return <ActionItem action={action} open toggle={close} nowMs={nowMs} permission={permission} acts={acts} />;
}

function ActionItem({
  action,
  open,
  toggle,
  nowMs,
  permission,
  acts,
}: {
  action: ActionProgress;
  open: boolean;
  toggle: () => void;
  nowMs: number;
  permission: Permission;
  acts: Acts;
}) {
  const Chevron = open ? ChevronDown : ChevronRight;
  const opens = action.hostCount > 0;
  const { address } = action;
  const canUndo = permission.mayAct && opens && action.verb !== "undo" && action.undoneBy === null;
  return (
    <div className={open ? "border-b border-line2 bg-s1" : "border-b border-line"}>
      <div
        role="row"
        onClick={(event) => {
          if (opens && event.target instanceof Element && event.target.closest("button, a") === null)
            toggle();
        }}
        className={cx(
          COLUMNS,
          "page-x relative min-h-[72px] py-2 tab:h-9 tab:min-h-0 tab:py-0",
          !open && "ease-colour hover:bg-s2",
        )}
      >
        <span role="cell" className="flex items-center whitespace-nowrap">
          {opens ? (
            <button
              type="button"
              aria-expanded={open}
              aria-label={`Show ${actionTitle(action)} on each host`}
              onClick={toggle}
              className="touchable -ml-1.5 grid size-6 shrink-0 place-items-center text-t2 hover:text-t1"
            >
              <Chevron aria-hidden className="size-3.5" />
            </button>
          ) : (
            <span aria-hidden className="w-[18px]" />
          )}
          <time
            dateTime={new Date(action.atMs).toISOString()}
            title={exactTime(action.atMs)}
            className="text-t2"
          >
            {whenOf(action.atMs, nowMs)}
          </time>
          <span className="ml-2 text-t3 tab:hidden">{action.actorName}</span>
        </span>
        <span role="cell" className="truncate font-strong max-tab:pl-[18px]">
          {actionTitle(action)}
        </span>
        <span role="cell" className="block truncate max-tab:pl-[18px]">
          {address === null ? (
            <span className="text-t2">{action.subject}</span>
          ) : (
            <Link
              href={`/ip/${encodeURIComponent(address)}`}
              className="mono underline-offset-2 hover:underline"
            >
              {address}
            </Link>
          )}
        </span>
        <span role="cell" className="block min-w-0 max-tab:pl-[18px]">
          <ActionSummary action={action} />
        </span>
        <span role="cell" className="hidden truncate text-t2 wide:block" title={action.reason ?? undefined}>
          {action.reason}
        </span>
        <span role="cell" className="truncate text-t2 max-wide:hidden">
          {action.actorName}
          {action.fromAddress === null ? null : <span className="mono text-t3"> {action.fromAddress}</span>}
        </span>
        <span role="cell" className="flex justify-end max-tab:absolute max-tab:top-2 max-tab:right-4">
          {canUndo ? (
            <Button
              className="tab:!h-[26px] tab:px-2"
              disabled={permission.off !== null}
              title={permission.off ?? undefined}
              onClick={() => void acts.undo(action)}
            >
              <Undo2 aria-hidden className="size-3.5" />
              Undo
            </Button>
          ) : null}
        </span>
      </div>
      {open && opens ? (
        <div role="row">
          <div role="cell" className="page-x pt-1 pb-5 wide:pl-[50px]">
            <ActionPanel
              action={action}
              nowMs={nowMs}
              undo={null}
              again={
                permission.mayAct && address !== null ? (command) => void acts.again(address, command) : null
              }
              off={permission.off}
            />
          </div>
        </div>
      ) : null}
    </div>
  );
}
