// The architecture as rules that fail: main -> modules -> access -> common; config and database are leaves.
const module_ = '^src/modules/([^/]+)/';
module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'No import circle, type imports included.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'modules-through-index',
      comment: 'A module is imported only through its index.ts.',
      severity: 'error',
      from: { path: module_ },
      to: { path: module_, pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/index\\.ts$'] },
    },
    {
      name: 'wiring-through-index',
      comment: 'Code outside the modules sees only their index.ts; the data source may compose entities.',
      severity: 'error',
      from: { pathNot: ['^src/modules/', '^src/app\\.data-source\\.ts$'] },
      to: { path: module_, pathNot: '^src/modules/[^/]+/index\\.ts$' },
    },
    {
      name: 'access-imports-no-module',
      comment: 'The access core knows no module: it defines the interfaces that modules implement.',
      severity: 'error',
      from: { path: '^src/access/' },
      to: { path: '^src/(modules|app|main|cli)' },
    },
    {
      name: 'common-knows-nothing',
      comment: 'common holds no domain word and imports nothing of ours.',
      severity: 'error',
      from: { path: '^src/common/' },
      to: { path: '^src/', pathNot: '^src/common/' },
    },
    {
      name: 'leaves',
      comment: 'config and database are leaves: they may use common only.',
      severity: 'error',
      from: { path: '^src/(config|database)/' },
      to: { path: '^src/', pathNot: '^src/(common|config|database)/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node'],
    },
  },
};
