/** Import rules of the folder tree. Each one is proven by a planted violation in test/architecture. */
const feature = '^src/renderer/features/([^/]+)/';
const enginePart = '^src/main/engine/([^/]+)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'A cycle has no first file to read.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'shared-is-pure',
      severity: 'error',
      comment: 'src/shared runs everywhere: no Node, no Electron, no React, no host code; of packages those that are pure as well.',
      from: { path: '^src/shared/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^src/shared/', '^node_modules/(zod|json-p3|@cfworker/json-schema|yaml)/'] },
    },
    { name: 'engine-without-electron', severity: 'error', from: { path: '^src/main/(engine|headless)/' }, to: { path: '(^|/)node_modules/electron/' } },
    { name: 'engine-without-hosts', severity: 'error', from: { path: '^src/main/engine/' }, to: { path: '^src/(main/(desktop|headless|preload)|renderer)/' } },
    {
      name: 'hosts-apart',
      severity: 'error',
      from: { path: '^src/main/(desktop|headless)/' },
      to: { path: '^src/main/(desktop|headless|preload)/', pathNot: '^src/main/$1/' },
    },
    {
      name: 'hosts-use-engine-entry',
      severity: 'error',
      comment: 'Hosts start the engine; its parts are private.',
      from: { path: '^src/main/(desktop|headless)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/main/engine/[^/]+/', pathNot: '^src/main/engine/workspace/secrets/' },
    },
    {
      name: 'engine-parts-by-index',
      severity: 'error',
      from: { path: enginePart, pathNot: '\\.test\\.ts$' },
      to: { path: '^src/main/engine/[^/]+/', pathNot: ['^src/main/engine/$1/', '^src/main/engine/[^/]+/index\\.ts$'] },
    },
    {
      name: 'server-only-from-main',
      severity: 'error',
      from: { path: '^src/main/engine/', pathNot: ['^src/main/engine/main\\.ts$', '^src/main/engine/server/'] },
      to: { path: '^src/main/engine/server/' },
    },
    { name: 'page-without-main', severity: 'error', from: { path: '^src/renderer/' }, to: { path: '^src/main/' } },
    {
      name: 'page-takes-contract-types-only',
      severity: 'error',
      from: { path: '^src/renderer/', pathNot: '\\.test\\.tsx?$' },
      to: { path: '^src/shared/contract/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'features-by-index',
      severity: 'error',
      from: { path: feature },
      to: { path: '^src/renderer/features/[^/]+/', pathNot: ['^src/renderer/features/$1/', '^src/renderer/features/[^/]+/index\\.ts$'] },
    },
    {
      name: 'ui-knows-no-feature',
      severity: 'error',
      from: { path: '^src/renderer/ui/' },
      to: { path: ['^src/renderer/(features|data|app)/', '^node_modules/zustand/'] },
    },
    { name: 'nothing-imports-tests', severity: 'error', from: { path: '^src/', pathNot: '\\.test\\.tsx?$' }, to: { path: ['^test/', '\\.test\\.tsx?$'] } },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|release)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
