"use client";

import type { Role } from "../../lib/auth/role.ts";
import { useLiveStatus } from "../live/use-live.ts";

/** What the person at this browser may do here and now. */
export type Permission = {
  /** False for viewers: they see no buttons that change anything. */
  mayAct: boolean;
  mayAdminister: boolean;
  /** Why nothing can be changed at the moment; null when it can. */
  off: string | null;
};

/** Whose browser it is, and whether this is a demonstration, which has no hosts to act on. */
export type Viewer = { role: Role; demo: boolean };

export function usePermission({ role, demo }: Viewer): Permission {
  const { state } = useLiveStatus();
  return {
    mayAct: role !== "viewer",
    mayAdminister: role === "admin",
    off: demo
      ? "Sample data: there is no host behind it that could be changed."
      : state === "offline"
        ? "Offline: nothing can be changed until the connection is back."
        : null,
  };
}
