/** Says on every page of a demonstration that nothing here is real. */
export function DemoBanner() {
  return (
    <aside aria-label="Sample data" className="page-x border-b border-line bg-s2 py-1.5 text-t2">
      <strong className="font-strong text-t1">Sample data.</strong>{" "}
      <span className="max-tab:hidden">
        Generated traffic; actions change nothing. Logins, names, ports and drops come from logs that are not
        read yet.
      </span>
      <details className="inline">
        <summary className="ml-2 inline font-control text-t1 underline decoration-line2 underline-offset-2">
          Leave
        </summary>
        <span className="ml-2">
          Stop this program with Ctrl C, then run <code className="mono text-t1">npm start</code> for your own
          data.
        </span>
      </details>
    </aside>
  );
}
