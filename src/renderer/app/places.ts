import { banners as featureBanners, places as featurePlaces, services as featureServices, stripItems as featureStripItems } from '../features/index.tsx';
import type { Place, Service, StripItem } from './place.ts';

const byOrder = (a: { readonly order: number }, b: { readonly order: number }): number => a.order - b.order;

/** The places of the rail, from the top; those at its foot come last. */
export const places: readonly Place[] = [...featurePlaces].toSorted((a, b) => Number(a.side === 'end') - Number(b.side === 'end') || byOrder(a, b));

export const stripItems: readonly StripItem[] = [...featureStripItems].toSorted(byOrder);

export const banners: readonly Service[] = featureBanners;

export const services: readonly Service[] = featureServices;
