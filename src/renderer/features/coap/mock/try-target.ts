/** What is typed as the target of a request: a path, maybe with a query behind `?`. Nothing stands for the path of the resource. */
export function splitTarget(typed: string, path: string): { readonly path: string; readonly query: string[] } {
  const text = typed.trim();
  const at = text.indexOf('?');
  const before = at < 0 ? text : text.slice(0, at);
  const query = at < 0 ? [] : text.slice(at + 1).split('&');
  return { path: before === '' ? path : before, query: query.filter((argument) => argument !== '') };
}
