import { formatLinkFormat, linkAttribute, type WebLink } from '../udp/link-format.ts';
import type { MockResource } from '../../contract/mock-devices.ts';
import { pathSegments } from './paths.ts';

export const discoveryPath = '.well-known/core';

/** The answer to `/.well-known/core` (RFC 6690 §4), filtered by one argument of the query such as `rt=light*` or `href=/sensors/*` (§4.1). */
export function discover(resources: readonly { readonly path: string; readonly definition: MockResource }[], query: readonly string[]): string {
  const links = resources.filter(({ path }) => path !== discoveryPath).map(({ path, definition }) => linkOf(path, definition));
  return formatLinkFormat(links.filter((link) => query.every((argument) => matchesLink(link, argument))));
}

function linkOf(path: string, { description, resourceType, methods }: MockResource): WebLink {
  const isObservable = methods.some(({ method, answer }) => method === 'GET' && answer.kind === 'state');
  return {
    target: `/${pathSegments(path).map(encodeURIComponent).join('/')}`,
    attributes: [
      ...(resourceType === '' ? [] : [['rt', resourceType] as const]),
      ...(description === '' ? [] : [['title', description.replaceAll(/\s+/g, ' ').slice(0, 200)] as const]),
      ...(isObservable ? [['obs', null] as const] : []),
    ],
  };
}

/** Whether a link fits one argument of a query (RFC 6690 §4.1). */
export function matchesLink(link: WebLink, argument: string): boolean {
  const at = argument.indexOf('=');
  // What is no filter does not filter.
  if (at < 1) return true;
  const name = argument.slice(0, at).toLowerCase();
  const wanted = argument.slice(at + 1);
  const value = name === 'href' ? link.target : linkAttribute(link, name);
  if (value === null) return false;
  // Several values stand in one text, with spaces between them.
  return (name === 'title' || name === 'href' ? [value] : value.split(' ')).some((one) =>
    wanted.endsWith('*') ? one.startsWith(wanted.slice(0, -1)) : one === wanted,
  );
}
