/* oxlint-disable jsx-a11y/no-autofocus -- A dialog that opened has the focus; it belongs on what is asked. */
"use client";

import { type FormEvent, useId, useState } from "react";
import type { BanRow } from "../../lib/query/bans.ts";
import type { Permission } from "../actions/permission.ts";
import type { Acts } from "../actions/use-acts.ts";
import { counted } from "../charts/format.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogContent } from "../ui/dialog.tsx";
import { Field, Input } from "../ui/input.tsx";
import { UnbanQuestion } from "./unban-question.tsx";

/** What takes the footer's place while rows are selected. */
export function BanBulk({
  rows,
  hostTotal,
  permission,
  acts,
  clear,
}: {
  rows: readonly BanRow[];
  hostTotal: number;
  permission: Permission;
  acts: Acts;
  clear: () => void;
}) {
  const [asked, setAsked] = useState<"unban" | "ban" | null>(null);
  const { off } = permission;
  const what = counted(rows.length, "address", "addresses");
  const blocked = rows.filter((row) => row.hostCount > 0);
  const most = Math.max(0, ...blocked.map((row) => row.hostCount));
  const close = () => setAsked(null);

  const unbanAll = async (): Promise<boolean> => {
    for (const row of blocked) {
      if (!(await acts.unban(row.address, { hostCount: row.hostCount }))) return false;
    }
    clear();
    return true;
  };

  return (
    <>
      <strong className="font-strong">{what} selected</strong>
      <Button
        disabled={off !== null || blocked.length === 0}
        title={off ?? undefined}
        onClick={() => setAsked("unban")}
      >
        Unban…
      </Button>
      <Button disabled={off !== null} title={off ?? undefined} onClick={() => setAsked("ban")}>
        Ban permanently…
      </Button>
      <Button kind="quiet" onClick={clear}>
        Clear selection
      </Button>
      <Dialog open={asked !== null} onOpenChange={(open) => (open ? undefined : close())}>
        <DialogContent title={asked === "unban" ? "Unban" : "Ban permanently"}>
          {asked === "unban" ? (
            <UnbanQuestion
              what={counted(blocked.length, "address", "addresses")}
              hostCount={most}
              off={off}
              run={unbanAll}
              close={close}
            />
          ) : (
            <BulkBan rows={rows} hostTotal={hostTotal} off={off} acts={acts} done={clear} close={close} />
          )}
        </DialogContent>
      </Dialog>
    </>
  );
}

function BulkBan({
  rows,
  hostTotal,
  off,
  acts,
  done,
  close,
}: {
  rows: readonly BanRow[];
  hostTotal: number;
  off: string | null;
  acts: Acts;
  done: () => void;
  close: () => void;
}) {
  const reasonId = useId();
  const [reason, setReason] = useState("");
  const [finished, setFinished] = useState<number | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    for (const [index, row] of rows.entries()) {
      setFinished(index);
      // A refusal is said for its address; the others go on.
      await acts.ban(row.address, { kind: "all" }, hostTotal, reason.trim());
    }
    setFinished(null);
    done();
    close();
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="grid gap-3.5">
      <p className="text-t2">
        Each is checked first: none of your own addresses, hosts or allowed networks can be banned. A
        permanent ban has no end and survives restarts of fail2ban.
      </p>
      <Field label="Reason, optional" htmlFor={reasonId}>
        <Input
          id={reasonId}
          value={reason}
          maxLength={200}
          autoFocus
          autoComplete="off"
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      <div className="flex flex-wrap items-center justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" kind="primary" disabled={off !== null || finished !== null}>
          {finished === null
            ? `Ban ${counted(rows.length, "address", "addresses")} on ${counted(hostTotal, "host")}`
            : `${finished + 1} of ${rows.length}…`}
        </Button>
      </div>
    </form>
  );
}
