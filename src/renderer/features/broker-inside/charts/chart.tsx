import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { BrokerPoint } from '../../../../shared/contract/broker-metrics.ts';
import { formatTime } from '../../common/index.ts';
import { chartData, type ChartSpec } from './chart-data.ts';
import styles from './charts.module.css';

const heightPx = 150;

interface ChartProps {
  readonly spec: ChartSpec;
  readonly points: readonly BrokerPoint[];
  /** Until the newest point. */
  readonly spanSeconds: number;
  /** Changes with the theme: the colours of a canvas are drawn once. */
  readonly theme: string;
}

/** Lines over the last minutes, with the values under the pointer, or the newest ones. */
export function Chart({ spec, points, spanSeconds, theme }: ChartProps): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const data = useMemo(() => chartData(points, spec.lines), [points, spec]);
  const latest = useRef({ data, spanSeconds });
  latest.current = { data, spanSeconds };
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const made = new UPlot(
      optionsOf(spec, element, () => latest.current.spanSeconds, setAt),
      latest.current.data,
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: heightPx }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.current = null;
      made.destroy();
    };
  }, [spec, theme]);
  useEffect(() => plot.current?.setData(data), [data, spanSeconds]);
  const [times, ...values] = data;
  const shown = at !== null && at < times.length ? at : times.length - 1;
  const time = times[shown];
  return (
    <section className={styles['card']} aria-label={spec.title}>
      <header className={styles['head']}>
        <h2 className={styles['title']} title={spec.hint}>
          {spec.title}
        </h2>
        <span className={styles['values']}>
          {spec.lines.map(({ label, colour }, line) => {
            const value = values[line]?.[shown] ?? null;
            return (
              <span key={label} className={styles['value']}>
                <span aria-hidden className={styles['mark']} style={{ background: `var(${colour})` }} data-dashed={line > 0 || undefined} />
                {label} <b>{value === null ? '–' : spec.format(value)}</b>
              </span>
            );
          })}
        </span>
        <span className={styles['time']}>{at !== null && time !== undefined ? formatTime(time * 1_000_000).slice(0, 8) : ''}</span>
      </header>
      {/* The same numbers stand in the table. */}
      <div ref={place} aria-hidden className={styles['plot']} />
    </section>
  );
}

function optionsOf(spec: ChartSpec, element: HTMLElement, spanSeconds: () => number, onCursor: (at: number | null) => void): UPlot.Options {
  const colour = (token: string): string => resolved(element, token);
  const axis: UPlot.Axis = {
    stroke: colour('--text-faint'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: `11px ${getComputedStyle(element).fontFamily}`,
  };
  return {
    width: element.clientWidth,
    height: heightPx,
    legend: { show: false },
    cursor: { points: { size: 6 }, drag: { x: false, y: false }, y: false },
    scales: {
      x: { range: (_plot, _min, max) => [(max ?? 0) - spanSeconds(), max ?? 0] },
      // From nothing, and never flat.
      y: { range: (_plot, _min, max) => [0, Math.max(1, (max ?? 0) * 1.1)] },
    },
    axes: [
      { ...axis, size: 24, space: 80, values: (_plot, splits) => splits.map((second) => formatTime(second * 1_000_000).slice(0, 8)) },
      {
        ...axis,
        size: 58,
        space: 34,
        ...(spec.steps === undefined ? {} : { incrs: spec.steps }),
        values: (_plot, splits) => splits.map((value) => spec.format(value)),
      },
    ],
    series: [
      {},
      ...spec.lines.map(({ colour: token, label }, line): UPlot.Series => ({
        label,
        stroke: colour(token),
        width: 1.5,
        points: { show: false },
        // A second line differs in more than its colour.
        ...(line > 0 ? { dash: [5, 3] } : {}),
      })),
    ],
    hooks: { setCursor: [({ cursor }) => onCursor(cursor.idx ?? null)] },
  };
}

/** A token as a colour that a canvas understands. */
function resolved(element: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
