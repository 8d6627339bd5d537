export function Logo({ size = 18 }: { size?: number }) {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 18 18" className="shrink-0">
      <circle cx="9" cy="9" r="7.4" fill="none" stroke="var(--t1)" strokeWidth="2" />
      <path d="M4.2 13.8 13.8 4.2" stroke="var(--t1)" strokeWidth="2" />
      <circle cx="9" cy="9" r="2.6" fill="var(--acc)" stroke="var(--bg)" strokeWidth="1" />
    </svg>
  );
}
