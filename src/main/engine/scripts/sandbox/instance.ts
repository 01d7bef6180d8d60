import variant from '@jitl/quickjs-singlefile-mjs-release-sync';
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSContext, type QuickJSRuntime } from 'quickjs-emscripten-core';

// Node has it; the libraries that are known here do not.
declare const WebAssembly: { readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => { readonly buffer: ArrayBuffer } };

const pageBytes = 65_536;
/** What an instance begins with; the module insists on it. */
const minPages = 256;
/** Of that, what the machine itself takes: its stack and tables. */
const ownBytes = 2 * 1024 * 1024;

const fullBytes = 1024 * 1024;

/** The memory of an instance is used up. What it holds is in no defined state. */
export class OutOfMemory extends Error {
  override readonly name = 'OutOfMemory';
}

export interface Instance {
  readonly runtime: QuickJSRuntime;
  readonly context: QuickJSContext;
  /** There is no room even for an error that says so. */
  readonly isFull: () => boolean;
}

/**
 * A QuickJS machine of its own, with memory of its own: about 10 ms and 1 MB. The memory is bounded from outside, because QuickJS in WebAssembly does
 * not count what it allocates. It is never disposed of but dropped whole, in whatever state it is.
 */
export async function newInstance(memoryBytes: number, stackBytes: number): Promise<Instance> {
  const pages = Math.max(minPages, Math.ceil((memoryBytes + ownBytes) / pageBytes));
  const wasmMemory = new WebAssembly.Memory({ initial: minPages, maximum: pages });
  const guarded: typeof variant = {
    ...variant,
    importModuleLoader: async () => {
      const imported = await variant.importModuleLoader();
      const inner = typeof imported === 'function' ? imported : imported.default;
      const load = typeof inner === 'function' ? inner : inner.default;
      return async (options) => {
        const machine = await load(options);
        const allocate = machine._malloc;
        machine._malloc = (size) => {
          const at = allocate(size);
          // Who calls this from outside writes to the address unseen.
          if (at === 0) throw new OutOfMemory();
          return at;
        };
        return machine;
      };
    },
  };
  const module = await newQuickJSWASMModuleFromVariant(newVariant(guarded, { wasmMemory }));
  const runtime = module.newRuntime();
  runtime.setMemoryLimit(memoryBytes);
  runtime.setMaxStackSize(stackBytes);
  runtime.setModuleLoader((name) => ({ error: new Error(importMessage(name)) }));
  return { runtime, context: runtime.newContext(), isFull: () => pages * pageBytes - wasmMemory.buffer.byteLength < fullBytes };
}

export function importMessage(name: string): string {
  return `A script cannot import other modules: “${name}”.`;
}
