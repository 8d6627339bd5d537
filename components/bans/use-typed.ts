"use client";

import { useEffect, useRef, useState } from "react";

const TYPING_MS = 200;

/**
 * What stands in a search field whose value lives in the URL: it goes there when the typing pauses, and follows the
 * URL when that changes by other means (a link, the browser's back).
 */
export function useTyped(value: string, send: (value: string) => void): [string, (typed: string) => void] {
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);
  const latest = useRef(send);
  useEffect(() => {
    latest.current = send;
  });
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => {
    if (typed === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = typed.trim() === "" ? "" : typed;
      latest.current(sent.current);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return [typed, setTyped];
}
