// The engine's broker alone, straight from source: no build step before it listens.
import '../src/main/engine/broker/cli/cli.ts';
