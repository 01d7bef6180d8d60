export interface Thermostat {
  readonly targetCelsius: number;
  readonly temperatureCelsius: number;
  readonly humidityPercent: number;
  readonly heaterOn: boolean;
  readonly heaterWatts: number;
  readonly energyWattHours: number;
}

export const targetRangeCelsius = { lowest: 5, highest: 30 } as const;

const outsideCelsius = 9;
const heaterWattsWhenOn = 1500;
/** How fast the room loses heat to the outside, and gains it from the heater, sped up so that a minute shows a whole cycle. */
const lossPerSecond = 0.0025;
const gainCelsiusPerSecond = 0.12;
/** The heater switches this far below and above the target. */
const hysteresisCelsius = 0.4;
const sensorNoiseCelsius = 0.04;
const restingHumidityPercent = 46;

export function newThermostat(): Thermostat {
  return { targetCelsius: 21.5, temperatureCelsius: 19.2, humidityPercent: 47, heaterOn: true, heaterWatts: heaterWattsWhenOn, energyWattHours: 0 };
}

/** The room a little later. `random` gives numbers from 0 to 1. */
export function stepThermostat(before: Thermostat, seconds: number, random: () => number): Thermostat {
  const heaterOn = switchHeater(before);
  const heaterWatts = heaterOn ? heaterWattsWhenOn : 0;
  const noise = (random() - 0.5) * 2 * sensorNoiseCelsius;
  const drift = (outsideCelsius - before.temperatureCelsius) * lossPerSecond + (heaterOn ? gainCelsiusPerSecond : 0);
  const temperatureCelsius = before.temperatureCelsius + drift * seconds + noise;
  // Warm air holds more water, so the same water reads as a lower relative humidity.
  const restingNow = restingHumidityPercent - (temperatureCelsius - 20) * 2.2;
  const humidity = before.humidityPercent + (restingNow - before.humidityPercent) * 0.05 * seconds + (random() - 0.5) * 0.3;
  return {
    targetCelsius: before.targetCelsius,
    temperatureCelsius,
    humidityPercent: Math.min(95, Math.max(15, humidity)),
    heaterOn,
    heaterWatts,
    energyWattHours: before.energyWattHours + (heaterWatts * seconds) / 3600,
  };
}

export function isTargetAllowed(celsius: number): boolean {
  return celsius >= targetRangeCelsius.lowest && celsius <= targetRangeCelsius.highest;
}

function switchHeater({ heaterOn, temperatureCelsius, targetCelsius }: Thermostat): boolean {
  if (temperatureCelsius < targetCelsius - hysteresisCelsius) return true;
  if (temperatureCelsius > targetCelsius + hysteresisCelsius) return false;
  return heaterOn;
}

/** Rounded as a sensor would report it. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
