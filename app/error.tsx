"use client";

import { useEffect, useState } from "react";
import { clockTime } from "../components/charts/format.ts";
import { Door } from "../components/sign-in/door.tsx";
import { Button } from "../components/ui/button.tsx";

const ASK_EVERY_MS = 2_000;

/** In place of a page whose frame could not be made, as while the database is away. It goes back by itself. */
export default function AppError({ error }: { error: Error & { digest?: string } }) {
  const [atMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => {
      void isBack().then((back) => (back ? window.location.reload() : undefined));
    }, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <Door
      title="This page could not be loaded"
      lead={
        <p role="alert" suppressHydrationWarning>
          Banwatch or its database did not answer as it should; nothing was changed.
          {` It happened at ${clockTime(atMs)} UTC`}
          {error.digest ? `, error ${error.digest}` : ""}. The page comes back as soon as there is an answer.
        </p>
      }
    >
      <Button kind="primary" large onClick={() => window.location.reload()}>
        Try again
      </Button>
    </Door>
  );
}

/** Whether the app finds out who is asking; it may be nobody, for whom there is the door. */
async function isBack(): Promise<boolean> {
  try {
    const { status } = await fetch("/api/query/shell", { cache: "no-store" });
    return status < 500;
  } catch {
    return false;
  }
}
