"use client";

import { useEffect, useState } from "react";
import { checkBannableAction } from "../../app/actions/ban-permanently.ts";

export type Bannable =
  | { kind: "checking" }
  | { kind: "checked"; checks: { text: string; passed: boolean }[] }
  | { kind: "refused"; message: string };

const TYPING_MS = 250;

/** Whether the address may be banned, as the server says; null while there is nothing to check. */
export function useBannable(address: string): Bannable | null {
  const [known, setKnown] = useState<{ address: string; answer: Bannable }>({
    address: "",
    answer: { kind: "checking" },
  });
  useEffect(() => {
    if (address === "") return;
    let over = false;
    const check = async () => {
      const answer = await checkBannable(address);
      if (!over) setKnown({ address, answer });
    };
    const timer = setTimeout(() => void check(), TYPING_MS);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [address]);
  if (address === "") return null;
  return known.address === address ? known.answer : { kind: "checking" };
}

async function checkBannable(address: string): Promise<Bannable> {
  try {
    const answer = await checkBannableAction({ address });
    return answer.ok
      ? { kind: "checked", checks: answer.checks }
      : { kind: "refused", message: answer.message };
  } catch {
    return { kind: "refused", message: "The server could not be reached." };
  }
}

/** Why the address can't be banned; null when it can, or that isn't known yet. */
export function refusalOf(bannable: Bannable | null): string | null {
  if (bannable?.kind === "refused") return bannable.message;
  if (bannable?.kind !== "checked") return null;
  return bannable.checks.find((check) => !check.passed)?.text ?? null;
}
