/** The mark of the workbench. Decorative: its name stands beside it or is said elsewhere. */
export function Logo({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="64 64 896 896" aria-hidden>
      <defs>
        <linearGradient id="logo-plate" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="#163456" />
          <stop offset="1" stopColor="#0c767a" />
        </linearGradient>
      </defs>
      <rect x="64" y="64" width="896" height="896" rx="200" fill="url(#logo-plate)" />
      <g stroke="#7ee0cc" strokeWidth="36" strokeLinecap="round">
        <line x1="512" y1="580" x2="512" y2="280" />
        <line x1="512" y1="580" x2="772" y2="730" />
        <line x1="512" y1="580" x2="252" y2="730" />
      </g>
      <g fill="#7ee0cc">
        <circle cx="512" cy="280" r="84" />
        <circle cx="772" cy="730" r="84" />
        <circle cx="252" cy="730" r="84" />
      </g>
      <circle cx="512" cy="580" r="128" fill="#f0f8fa" />
      <circle cx="512" cy="580" r="62" fill="#10586a" />
      <circle cx="663" cy="667" r="42" fill="#ffb74d" />
    </svg>
  );
}
