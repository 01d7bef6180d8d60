/** Offers bytes as a file to save; the browser or desktop host asks where. */
export function saveFile(parts: readonly (Uint8Array | Blob)[], name: string): void {
  const url = URL.createObjectURL(new Blob(parts as (Uint8Array<ArrayBuffer> | Blob)[], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has taken its own hold of the data by the next task.
  setTimeout(() => URL.revokeObjectURL(url));
}
