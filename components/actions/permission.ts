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

export function usePermission(role: Role): Permission {
  const { state } = useLiveStatus();
  return {
    mayAct: role !== "viewer",
    mayAdminister: role === "admin",
    off: state === "offline" ? "Offline: nothing can be changed until the connection is back." : null,
  };
}
