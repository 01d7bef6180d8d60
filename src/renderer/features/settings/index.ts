export { SettingsPlace } from './settings-place.tsx';
