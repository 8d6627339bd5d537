"use client";

import { memo } from "react";
import type { BanRow } from "../../lib/query/bans.ts";
import type { Permission } from "../actions/permission.ts";
import type { Acts } from "../actions/use-acts.ts";
import { Button } from "../ui/button.tsx";
import { Popover, PopoverAnchor, PopoverContent } from "../ui/popover.tsx";
import { type BanAsk, BanMenu } from "./ban-menu.tsx";
import { BanOpenRow } from "./ban-open-row.tsx";
import { BanQuestion } from "./ban-question.tsx";
import { BanLine } from "./ban-row.tsx";
import { UnbanQuestion } from "./unban-question.tsx";

/** What the page keeps about its rows, and what they can ask of it. All functions take the address. */
export type BanRowsContext = {
  hostTotal: number;
  nowMs: number;
  permission: Permission;
  acts: Acts;
  toggle: (address: string) => void;
  select: (address: string, range: boolean) => void;
  /** The keyboard is on this row now. */
  focus: (address: string) => void;
  /** Gives the row the focus. */
  goTo: (address: string) => void;
  copy: (address: string) => void;
  unban: (row: BanRow) => void;
  ask: (address: string, ask: BanAsk | null) => void;
};

/** One address of the list: its line, its question, and what is under it when it is open. */
export const BanItem = memo(function BanItem({
  row,
  rowIndex,
  open,
  current,
  selected,
  asked,
  context,
}: {
  row: BanRow;
  rowIndex: number;
  open: boolean;
  current: boolean;
  selected: boolean;
  asked: BanAsk | null;
  context: BanRowsContext;
}) {
  const { permission, hostTotal, nowMs, acts } = context;
  const { address } = row;
  const close = () => context.ask(address, null);
  const off = permission.off;
  return (
    <div className={open ? "border-b border-line2 bg-s1" : "border-b border-line"}>
      <BanLine
        row={row}
        hostTotal={hostTotal}
        nowMs={nowMs}
        open={open}
        current={current}
        selected={selected}
        selectable={permission.mayAct}
        rowIndex={rowIndex}
        toggle={() => context.toggle(address)}
        select={(range) => context.select(address, range)}
        focus={() => context.focus(address)}
        actions={
          <Popover modal open={asked !== null} onOpenChange={(next) => (next ? undefined : close())}>
            {permission.mayAct ? (
              <span
                className={
                  asked === null
                    ? "hidden gap-1.5 rounded-control bg-s2 pl-2 group-focus-within:flex group-hover:flex max-tab:!hidden"
                    : "flex gap-1.5 rounded-control bg-s2 pl-2 max-tab:hidden"
                }
              >
                {row.hostCount > 0 ? (
                  <Button
                    className="bg-bg tab:!h-[26px] tab:px-2"
                    disabled={off !== null}
                    title={off ?? undefined}
                    onClick={() => context.unban(row)}
                  >
                    Unban
                  </Button>
                ) : null}
                {row.permanent ? null : (
                  <Button
                    className="bg-bg tab:!h-[26px] tab:px-2"
                    disabled={off !== null}
                    title={off ?? undefined}
                    onClick={() => context.ask(address, { kind: "ban", everywhere: false })}
                  >
                    Ban permanently
                  </Button>
                )}
              </span>
            ) : null}
            <PopoverAnchor asChild>
              <span className="grid">
                <BanMenu
                  row={row}
                  permission={permission}
                  copy={() => context.copy(address)}
                  unban={() => context.unban(row)}
                  ask={(ask) => context.ask(address, ask)}
                />
              </span>
            </PopoverAnchor>
            <PopoverContent
              align="end"
              arrow
              onCloseAutoFocus={(event) => {
                event.preventDefault();
                context.goTo(address);
              }}
            >
              <div className="-m-1 max-h-[calc(var(--radix-popover-content-available-height)-30px)] overflow-y-auto p-1">
                {asked?.kind === "ban" ? (
                  <BanQuestion
                    row={row}
                    hostTotal={hostTotal}
                    everywhere={asked.everywhere}
                    nowMs={nowMs}
                    acts={acts}
                    off={off}
                    close={close}
                  />
                ) : (
                  <UnbanQuestion
                    what={address}
                    hostCount={row.hostCount}
                    off={off}
                    run={() => acts.unban(address, { hostCount: row.hostCount })}
                    close={close}
                  />
                )}
              </div>
            </PopoverContent>
          </Popover>
        }
      />
      {open ? (
        <div role="row">
          <div role="cell" className="page-x wide:pl-[60px]">
            <BanOpenRow row={row} nowMs={nowMs} acts={acts} permission={permission} />
          </div>
        </div>
      ) : null}
    </div>
  );
});
