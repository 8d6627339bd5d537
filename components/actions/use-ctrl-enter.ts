"use client";

import { useEffect, useRef } from "react";

/** Ctrl Enter confirms the question that is open. */
export function useCtrlEnter(confirm: () => void): void {
  const current = useRef(confirm);
  useEffect(() => {
    current.current = confirm;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !event.ctrlKey) return;
      event.preventDefault();
      current.current();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
