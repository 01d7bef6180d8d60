export { openCollectionFiles, type CollectionFiles } from './files/collection-files.ts';
