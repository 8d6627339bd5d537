"use client";

import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { FeedItem } from "../../lib/live/live-message.ts";
import { type LiveStatus, liveConnection, type Topic } from "./live-connection.ts";

export type { LiveStatus, Topic } from "./live-connection.ts";

const WAITING: LiveStatus = { state: "waiting", sinceMs: null };
/** A query runs at most twice a second, however many messages come. */
const REFETCH_EVERY_MS = 500;
/** Somebody watches the steps of what they clicked: those are shown as they happen, as far as the server keeps up. */
const COMMANDS_EVERY_MS = 15;
/** Windows such as “the last hour” move even when nothing happens. */
const REFRESH_EVERY_MS = 60_000;

export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(
    (onChange) => {
      const close = liveConnection().subscribe({ onMessage: () => undefined, onResync: () => undefined });
      const unwatch = liveConnection().watchStatus(onChange);
      return () => {
        unwatch();
        close();
      };
    },
    () => liveConnection().status(),
    () => WAITING,
  );
}

type QueryProblem = { message: string; id: string | null; atMs: number };

export type LiveQuery<T> = {
  data: T;
  /** When `data` was fetched, by this browser's clock; 0: the server's, as the page was made. */
  asOfMs: number;
  /** True while the data of another `url` is shown because the asked one has not come yet. */
  stale: boolean;
  /** Why the last fetch failed; the data stays. */
  problem: QueryProblem | null;
  reload: () => void;
};

/**
 * The data of a route handler, kept current: fetched again when a message of these topics comes (at most twice a
 * second, sooner for the steps of commands, never two at once), after the stream was away, and each minute. `initial` is what the server rendered for
 * the first `url`. `showsSteps: false`: it has no steps to show, and leaves the way free for what has.
 */
export function useLiveQuery<T>(
  url: string,
  initial: T,
  topics: readonly Topic[],
  options: { showsSteps?: boolean } = {},
): LiveQuery<T> {
  const commandsEveryMs = options.showsSteps === false ? REFETCH_EVERY_MS : COMMANDS_EVERY_MS;
  const [answer, setAnswer] = useState({ url, data: initial, asOfMs: 0 });
  const [problem, setProblem] = useState<QueryProblem | null>(null);
  const wanted = useRef(url);
  const firstUrl = useRef(url);
  const load = useRef<() => void>(() => undefined);
  const reload = useCallback(() => load.current(), []);
  const topicNames = topics.join(" ");

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let dueAtMs = Number.POSITIVE_INFINITY;
    let lastStartMs = 0;
    let running = false;
    let again: { everyMs: number } | null = null;
    const stop = new AbortController();

    const run = async () => {
      timer = undefined;
      dueAtMs = Number.POSITIVE_INFINITY;
      running = true;
      lastStartMs = Date.now();
      const outcome = await fetchJson<T>(wanted.current, stop.signal);
      running = false;
      if (stop.signal.aborted) return;
      if (outcome.kind === "answered") {
        setAnswer({ url: outcome.url, data: outcome.data, asOfMs: Date.now() });
        setProblem(null);
      } else if (outcome.kind === "refused") setProblem(outcome.problem);
      const next = again ?? (outcome.url === wanted.current ? null : { everyMs: REFETCH_EVERY_MS });
      again = null;
      if (next !== null) scheduleWithin(next.everyMs);
    };
    const scheduleWithin = (everyMs: number) => {
      if (running) {
        again = { everyMs: Math.min(everyMs, again?.everyMs ?? everyMs) };
        return;
      }
      const startMs = Math.max(Date.now(), lastStartMs + everyMs);
      if (startMs >= dueAtMs) return;
      clearTimeout(timer);
      dueAtMs = startMs;
      timer = setTimeout(() => void run(), startMs - Date.now());
    };
    const schedule = () => scheduleWithin(REFETCH_EVERY_MS);
    load.current = schedule;
    // Something may have happened since the server made the page; until the stream is open, its opening asks.
    if (wanted.current !== firstUrl.current || liveConnection().status().state === "live") schedule();

    const names = new Set(topicNames.split(" "));
    const unsubscribe = liveConnection().subscribe({
      onMessage: (message) => {
        if (!names.has(message.topic)) return;
        scheduleWithin(message.topic === "commands" ? commandsEveryMs : REFETCH_EVERY_MS);
      },
      onResync: schedule,
    });
    const refresh = setInterval(schedule, REFRESH_EVERY_MS);
    return () => {
      stop.abort();
      clearTimeout(timer);
      clearInterval(refresh);
      unsubscribe();
    };
  }, [topicNames, commandsEveryMs]);

  useEffect(() => {
    if (wanted.current === url) return;
    wanted.current = url;
    load.current();
  }, [url]);

  return { data: answer.data, asOfMs: answer.asOfMs, stale: answer.url !== url, problem, reload };
}

type Fetched<T> =
  | { kind: "answered"; url: string; data: T }
  | { kind: "refused"; url: string; problem: QueryProblem }
  | { kind: "unreachable"; url: string };

async function fetchJson<T>(url: string, signal: AbortSignal): Promise<Fetched<T>> {
  try {
    const response = await fetch(url, { signal, headers: { accept: "application/json" } });
    if (response.ok) return { kind: "answered", url, data: (await response.json()) as T };
    if (response.status === 401) window.location.assign("/sign-in");
    const body = (await response.json().catch(() => ({}))) as { error?: { message?: string; id?: string } };
    const message = body.error?.message ?? `The server answered with ${response.status}.`;
    return { kind: "refused", url, problem: { message, id: body.error?.id ?? null, atMs: Date.now() } };
  } catch {
    // No connection: the indicator says so, and the stream's return fetches again.
    return { kind: "unreachable", url };
  }
}

const FEED_BATCH_MS = 500;

/**
 * The newest events, newest first, at most two changes a second. While `paused` (hovered or focused) new ones wait.
 * A list with another filter is another list: give the component that uses this a `key` of the filter.
 */
export function useLiveFeed(
  initial: readonly FeedItem[],
  options: { limit?: number; paused?: boolean; keep?: (item: FeedItem) => boolean } = {},
): { items: readonly FeedItem[]; waiting: number } {
  const { limit = 100, paused = false, keep } = options;
  const [items, setItems] = useState(initial);
  const [waiting, setWaiting] = useState(0);
  const buffer = useRef<FeedItem[]>([]);
  const isPaused = useRef(paused);
  const isKept = useRef(keep);
  const flush = useRef<() => void>(() => undefined);

  useEffect(() => {
    isKept.current = keep;
  });
  const limitNow = useRef(limit);
  useEffect(() => {
    limitNow.current = limit;
  });
  // What the server knows fills gaps; while paused the list stands still.
  useEffect(() => {
    if (!isPaused.current) setItems((before) => mergeFeed(initial, before, limitNow.current));
  }, [initial]);
  useEffect(() => {
    isPaused.current = paused;
    if (!paused) flush.current();
  }, [paused]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastFlushMs = 0;
    flush.current = () => {
      timer = undefined;
      lastFlushMs = Date.now();
      if (isPaused.current) {
        setWaiting(buffer.current.length);
        return;
      }
      const fresh = buffer.current;
      buffer.current = [];
      setWaiting(0);
      if (fresh.length > 0) setItems((before) => mergeFeed(fresh, before, limit));
    };
    const unsubscribe = liveConnection().subscribe({
      onMessage: (message) => {
        if (message.topic !== "events") return;
        const kept = isKept.current ? message.feed.filter(isKept.current) : message.feed;
        buffer.current = [...kept, ...buffer.current].slice(0, limit);
        timer ??= setTimeout(() => flush.current(), Math.max(0, lastFlushMs + FEED_BATCH_MS - Date.now()));
      },
      onResync: () => undefined,
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [limit]);
  return { items, waiting };
}

/** Newest first, each event once. */
export function mergeFeed(fresh: readonly FeedItem[], known: readonly FeedItem[], limit: number): FeedItem[] {
  const seen = new Set<string>();
  return [...fresh, ...known]
    .filter((item) => !seen.has(item.key) && seen.add(item.key))
    .toSorted((a, b) => b.timeMs - a.timeMs)
    .slice(0, limit);
}
