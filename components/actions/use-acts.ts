"use client";

import { useCallback, useMemo } from "react";
import { banPermanentlyAction } from "../../app/actions/ban-permanently.ts";
import { unbanAction } from "../../app/actions/unban.ts";
import { undoAction } from "../../app/actions/undo.ts";
import type { ActionProgress, CommandProgress } from "../../lib/query/action-progress.ts";
import { counted } from "../charts/format.ts";
import { type ToastMessage, useToast } from "../ui/toast.tsx";

export type Scope = { kind: "hosts"; hostIds: string[] } | { kind: "all" };

export type Acts = {
  /** On all hosts that block it, unless some are named. True when it was taken on. */
  unban: (
    address: string,
    on: { hostIds?: string[]; hostCount: number; reason?: string },
  ) => Promise<boolean>;
  ban: (address: string, scope: Scope, hostCount: number, reason: string) => Promise<boolean>;
  undo: (action: Pick<ActionProgress, "id">) => Promise<boolean>;
  /** The same unban on the same host once more, as an action of its own. */
  again: (address: string, command: CommandProgress) => Promise<boolean>;
};

/** `note`: what the person might not expect. */
type Answer = { ok: true; actionId: string; note: string | null } | { ok: false; message: string };

/**
 * What a person can do to an address. A message says that it is under way and offers to undo it; that it is done is
 * for the page to say, once the host has proved it.
 */
export function useActs(changed: () => void): Acts {
  const toast = useToast();

  const settle = useCallback(
    (work: Promise<Answer>, text: string, undoable: boolean) =>
      settleWith({ toast, changed }, work, text, undoable),
    [toast, changed],
  );

  return useMemo<Acts>(
    () => ({
      unban: (address, on) =>
        settle(
          unbanAction({
            address,
            ...(on.hostIds === undefined ? {} : { hostIds: on.hostIds }),
            ...(on.reason === undefined ? {} : { reason: on.reason }),
          }),
          `Unban of ${address} is on its way to ${counted(on.hostCount, "host")}.`,
          true,
        ),
      ban: (address, scope, hostCount, reason) =>
        settle(
          banPermanentlyAction({ address, scope, ...(reason === "" ? {} : { reason }) }),
          `Ban of ${address} is on its way to ${counted(hostCount, "host")}.`,
          true,
        ),
      undo: (action) => settle(undoAction({ actionId: action.id }), "Undo is under way.", false),
      again: (address, command) =>
        settle(
          unbanAction({ address, hostIds: [command.hostId] }),
          `Trying again on ${command.hostName}.`,
          false,
        ),
    }),
    [settle],
  );
}

type Told = { toast: (message: ToastMessage) => void; changed: () => void };

async function settleWith(
  told: Told,
  work: Promise<Answer>,
  text: string,
  undoable: boolean,
): Promise<boolean> {
  const answer = await work.catch((): Answer => ({
    ok: false,
    message: "The server could not be reached. Nothing was changed.",
  }));
  told.changed();
  if (!answer.ok) {
    told.toast({ text: answer.message, tone: "crit", durationMs: 10_000 });
    return false;
  }
  const said = answer.note ?? text;
  const undo = () =>
    void settleWith(told, undoAction({ actionId: answer.actionId }), "Undo is under way.", false);
  told.toast(undoable ? { text: said, action: { label: "Undo", run: undo } } : { text: said });
  return true;
}
