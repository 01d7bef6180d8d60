import { useEffect, useState } from 'react';
import type { BrokerPoint } from '../../../../shared/contract/broker-metrics.ts';
import { engineClient } from '../../../data/index.ts';
import { browserPacing, FrameNotifier, useModel, type Engine, type Pacing } from '../../common/index.ts';

/** As many as the engine keeps. */
const keptPoints = 600;

/** The points of the last minutes, as the engine tells them. */
export class SeriesModel {
  readonly notifier: FrameNotifier;
  readonly #close: () => void;
  #points: readonly BrokerPoint[] = [];
  #isReady = false;

  constructor(engine: Pick<Engine, 'stream'>, pacing: Pacing) {
    this.notifier = new FrameNotifier(pacing);
    this.#close = engine.stream('broker.series', undefined, {
      item: ({ points, isWhole }) => {
        this.#points = (isWhole ? points : [...this.#points, ...points]).slice(-keptPoints);
        this.#isReady = true;
        return this.notifier.changed();
      },
    });
  }

  get points(): readonly BrokerPoint[] {
    return this.#points;
  }

  /** The engine has answered. */
  get isReady(): boolean {
    return this.#isReady;
  }

  close(): void {
    this.#close();
  }
}

const idle = new FrameNotifier(browserPacing);

/** `null` for the moment until it is open. */
export function useSeries(): SeriesModel | null {
  const [model, setModel] = useState<SeriesModel | null>(null);
  useEffect(() => {
    const opened = new SeriesModel(engineClient(), browserPacing);
    setModel(opened);
    return () => opened.close();
  }, []);
  useModel(model?.notifier ?? idle);
  return model;
}
