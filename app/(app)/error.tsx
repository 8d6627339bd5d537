"use client";

import { useState } from "react";
import { clockTime } from "../../components/charts/format.ts";
import { Button } from "../../components/ui/button.tsx";

/** A page that could not be made; the bar around it still works. */
export default function PageError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  const [atMs] = useState(Date.now);
  return (
    <div role="alert" className="page-x grid max-w-[560px] justify-items-start gap-3 py-10">
      <h1 className="text-18 font-head">This page could not be loaded</h1>
      <p suppressHydrationWarning className="text-t2">
        Banwatch or its database did not answer as it should; nothing was changed.
        {` It happened at ${clockTime(atMs)} UTC`}
        {error.digest ? `, error ${error.digest}` : ""}.
      </p>
      <Button kind="primary" onClick={reset}>
        Try again
      </Button>
    </div>
  );
}
