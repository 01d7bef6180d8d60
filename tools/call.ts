// One blocking RPC call, straight from source: no build step before it connects.
import { runNamedCommand } from '../src/main/engine/commands.ts';

process.exitCode = await runNamedCommand('call', process.argv.slice(2));
