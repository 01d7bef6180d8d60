/** Opens a place; its address is its id. */
export function goTo(place: 'start' | 'broker' | 'connections' | 'topics' | 'settings'): void {
  location.hash = `#/${place}`;
}
