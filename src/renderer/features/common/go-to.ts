import { goToPlace } from '../../app/navigation.ts';

/** Opens a place; its address is its id. */
export function goTo(place: 'start' | 'broker' | 'connections' | 'topics' | 'rpc' | 'coap' | 'collections' | 'settings'): void {
  goToPlace(place);
}
