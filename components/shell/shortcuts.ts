"use client";

import { useEffect, useRef } from "react";

const SWITCH_KEY = "banwatch_shortcuts";

export function shortcutsAreOn(): boolean {
  return window.localStorage.getItem(SWITCH_KEY) !== "off";
}

export function switchShortcuts(on: boolean): void {
  if (on) window.localStorage.removeItem(SWITCH_KEY);
  else window.localStorage.setItem(SWITCH_KEY, "off");
}

/** Whether the person is typing, so that a letter is a letter. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/**
 * Calls the handler of a single key. Keys are `event.key` in lower case, with `shift+` before it when Shift counts
 * (for arrows and letters). Off while typing, with Ctrl, Alt or Meta, and when the person switched shortcuts off.
 * A handler that returns `false` did not use the key.
 */
export function useShortcuts(handlers: Record<string, (event: KeyboardEvent) => unknown>): void {
  const current = useRef(handlers);
  useEffect(() => {
    current.current = handlers;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || !shortcutsAreOn()) return;
      const key = event.key.toLowerCase();
      const handler = (event.shiftKey ? current.current[`shift+${key}`] : undefined) ?? current.current[key];
      if (handler && handler(event) !== false) event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
