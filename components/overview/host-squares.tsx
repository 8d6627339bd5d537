import type { HostProtection } from "../../lib/query/host-protection.ts";

const SQUARES_MAX = 48;

/** One square a host up to 48, then a bar in proportion; the ones that need a look stand at the end. */
export function HostSquares({ hosts }: { hosts: HostProtection["hosts"] }) {
  const good = hosts.filter((host) => host.state === "protected").length;
  const label = `${good} of ${hosts.length} hosts protected`;
  if (hosts.length > SQUARES_MAX) {
    const percent = (good / hosts.length) * 100;
    return (
      <svg role="img" aria-label={label} width="100%" height="10">
        <rect width={`${percent}%`} height="10" rx="1.5" fill="var(--ctl)" />
        <rect
          x={`${percent}%`}
          y="0.75"
          width={`${100 - percent}%`}
          height="8.5"
          fill="none"
          stroke="var(--warn)"
          strokeWidth="1.5"
        />
      </svg>
    );
  }
  const ordered = hosts.toReversed();
  const rows = hosts.length > 24 ? 2 : 1;
  const size = rows === 2 ? 7 : 9.4;
  const step = rows === 2 ? 9 : 13.1;
  const perRow = Math.ceil(ordered.length / rows);
  return (
    <svg
      role="img"
      aria-label={label}
      width={perRow * step}
      height={rows * step}
      className="max-w-full"
      preserveAspectRatio="xMinYMid meet"
    >
      {ordered.map((host, index) => {
        const x = (index % perRow) * step;
        const y = Math.floor(index / perRow) * step + (rows === 1 ? 1.5 : 0);
        return host.state === "protected" ? (
          <rect key={host.id} x={x} y={y} width={size} height={size} rx="1.5" fill="var(--ctl)">
            <title>{host.name}</title>
          </rect>
        ) : (
          <rect
            key={host.id}
            x={x + 0.75}
            y={y + 0.75}
            width={size - 1.5}
            height={size - 1.5}
            rx="1.2"
            fill="none"
            stroke="var(--warn)"
            strokeWidth="1.5"
          >
            <title>{`${host.name}, ${host.state}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}
