// One blocking RPC call, straight from source: no build step before it connects.
import '../src/main/engine/rpc/call-cli.ts';
