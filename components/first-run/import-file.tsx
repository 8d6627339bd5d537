"use client";

import { useRef, useState } from "react";
import { Upload } from "lucide-react";
import { counted, whole } from "../charts/format.ts";
import { Button } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import { useToast } from "../ui/toast.tsx";

/** A line of the answer of POST /api/import. */
type Counts = { bytes: number; lines: number; stored: number; known: number; unreadable: number };
type UploadLine =
  | { kind: "progress" | "done"; counts: Counts }
  | { kind: "failed"; code: string; message: string };

type State =
  | { kind: "idle" }
  | { kind: "running"; name: string; lines: number; events: number; percent: number | null }
  | { kind: "done"; name: string; lines: number; events: number; known: number; skipped: number }
  | { kind: "failed"; name: string; message: string };

/** A log that is read here once: dropped or chosen, sent as a stream, with how far it is. */
export function ImportFile({ onRunning }: { onRunning?: (running: boolean) => void }) {
  const toast = useToast();
  const input = useRef<HTMLInputElement>(null);
  const [state, setState] = useState<State>({ kind: "idle" });
  const [over, setOver] = useState(false);
  const stop = useRef<AbortController | null>(null);
  const running = state.kind === "running";

  const importAll = async (files: File[]) => {
    onRunning?.(true);
    for (const file of files) {
      stop.current = new AbortController();
      const outcome = await sendFile(file, stop.current.signal, setState);
      setState(outcome);
      // Said in a toast as well: with the first event this page gives way to the overview.
      if (outcome.kind === "done")
        toast({ text: `${outcome.name}: ${counted(outcome.events, "event")} stored` });
      if (outcome.kind === "failed") break;
    }
    stop.current = null;
    onRunning?.(false);
  };
  return (
    <>
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          if (!running) void importAll([...event.dataTransfer.files]);
        }}
        className={cx(
          "ease-colour flex flex-wrap items-center gap-4 rounded-control border border-dashed px-5 py-4",
          over ? "border-acc bg-s2" : "border-ctl",
        )}
      >
        <Upload aria-hidden className="size-[18px] shrink-0 text-t2" />
        <div className="min-w-0 flex-1" aria-live="polite">
          <ImportWords state={state} />
        </div>
        <input
          ref={input}
          type="file"
          multiple
          className="sr-only"
          tabIndex={-1}
          aria-label="Log files"
          onChange={(event) => {
            const files = [...(event.target.files ?? [])];
            event.target.value = "";
            if (files.length > 0) void importAll(files);
          }}
        />
        {running ? (
          <Button onClick={() => stop.current?.abort()}>Stop</Button>
        ) : (
          <Button onClick={() => input.current?.click()}>Choose file</Button>
        )}
      </div>
      <p className="mt-2 text-t2">
        Read on this machine only. Shows the past; bans and actions need an agent. Not for a host whose agent
        is connected: it reads its old logs itself, and they would count twice. In Banwatch’s folder:{" "}
        <code className="mono text-t1">npx banwatch import FILE…</code>
      </p>
    </>
  );
}

function ImportWords({ state }: { state: State }) {
  switch (state.kind) {
    case "idle":
      return (
        <>
          <p>
            <strong className="font-head">Drop a log here</strong>, or
          </p>
          <p className="text-t2">fail2ban.log, rotated ones too, also .gz; times are read as UTC</p>
        </>
      );
    case "running":
      return (
        <>
          <p className="font-head break-all">Reading {state.name}</p>
          <p className="text-t2">
            {state.percent === null ? "" : `${state.percent} %, `}
            {counted(state.lines, "line")}, {counted(state.events, "event")}
          </p>
          {state.percent === null ? null : (
            <progress
              value={state.percent}
              max={100}
              aria-label="Read so far"
              className="mt-1 h-1 w-full accent-(--acc)"
            />
          )}
        </>
      );
    case "done":
      return (
        <>
          <p className="font-head break-all">
            {state.name}: {counted(state.events, "event")} stored
          </p>
          <p className="text-t2">
            {counted(state.lines, "line")} read
            {state.skipped > 0 ? `, ${whole(state.skipped)} could not be read` : ""}
            {state.known > 0
              ? `, ${whole(state.known)} events were stored before`
              : state.events === 0
                ? ". There is no event of fail2ban in it."
                : ""}
          </p>
        </>
      );
    case "failed":
      return (
        <>
          <p className="font-head break-all text-crit">{state.name} was not read to its end</p>
          <p className="text-t2">{state.message}</p>
        </>
      );
  }
}

async function sendFile(file: File, signal: AbortSignal, say: (state: State) => void): Promise<State> {
  const { name } = file;
  say({ kind: "running", name, lines: 0, events: 0, percent: 0 });
  try {
    const response = await fetch(`/api/import?name=${encodeURIComponent(name.slice(0, 255))}`, {
      method: "POST",
      body: file,
      signal,
      headers: { "content-type": "application/octet-stream" },
    });
    if (!response.ok || response.body === null) {
      const body = (await response.json().catch(() => ({}))) as { error?: { message?: string } };
      return {
        kind: "failed",
        name,
        message: body.error?.message ?? `The server answered with ${response.status}.`,
      };
    }
    let last: State = {
      kind: "failed",
      name,
      message: "The connection ended before the file did. What was read is stored.",
    };
    for await (const line of linesOf(response.body)) {
      const said = JSON.parse(line) as UploadLine;
      if (said.kind === "failed") return { kind: "failed", name, message: said.message };
      const { lines, stored, known, unreadable, bytes } = said.counts;
      // A packed file says only how much came out of it.
      const percent = name.endsWith(".gz") ? null : Math.min(100, Math.floor((bytes / file.size) * 100));
      if (said.kind === "progress") say({ kind: "running", name, lines, events: stored + known, percent });
      else last = { kind: "done", name, lines, events: stored, known, skipped: unreadable };
    }
    return last;
  } catch {
    const message = signal.aborted
      ? "Stopped. What was read until then is stored."
      : "The connection to Banwatch was lost. What was read until then is stored.";
    return { kind: "failed", name, message };
  }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines.filter((line) => line !== "");
  }
  if (rest !== "") yield rest;
}
