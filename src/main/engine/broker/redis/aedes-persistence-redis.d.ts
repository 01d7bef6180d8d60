declare module 'aedes-persistence-redis' {
  import type { Redis } from 'ioredis';
  /** A persistence for `aedes`. */
  export default function redisPersistence(options: { readonly conn: Redis }): object;
}
