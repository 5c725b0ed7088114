const error = (name, from, to) => ({ name, severity: 'error', from, to })

module.exports = {
  forbidden: [
    error('no-circular', {}, { circular: true }),
    error(
      'shared-is-the-bottom',
      { path: '^shared/' },
      { path: '^(backend|widgets|extension|embed-sdk)/' },
    ),
    error(
      'browser-never-imports-backend',
      { path: '^(widgets|extension|embed-sdk)/' },
      { path: '^backend/' },
    ),
    error(
      'modules-only-through-index',
      { path: '^backend/modules/([^/]+)/' },
      {
        path: '^backend/modules/[^/]+/',
        pathNot: ['^backend/modules/$1/', '^backend/modules/[^/]+/index\\.ts$'],
      },
    ),
    error(
      'core-knows-no-module',
      { path: '^backend/core/' },
      { path: '^backend/(modules|connectors|sandbox|cli|demo)/' },
    ),
    error(
      'the-sandbox-is-a-separate-thing',
      { path: '^backend/sandbox/' },
      { path: '^(backend|shared|widgets|extension|embed-sdk)/', pathNot: ['^backend/sandbox/'] },
    ),
    error(
      'nothing-knows-the-sandbox',
      {
        path: '^(backend|shared|widgets|extension|embed-sdk)/',
        pathNot: [
          '^backend/sandbox/',
          '^backend/(app|server|start|sandbox-schools)\\.ts$',
          '\\.test\\.ts$',
        ],
      },
      { path: '^backend/sandbox/' },
    ),
    error(
      'connectors-see-only-kit-and-shared',
      { path: '^backend/connectors/([^/]+)/' },
      {
        path: '^(backend|widgets|extension|embed-sdk)/',
        pathNot: ['^backend/connectors/$1/', '^backend/connector-kit/index\\.ts$'],
      },
    ),
    error(
      'nobody-names-a-connector',
      {
        path: '^(backend|shared|widgets|extension|embed-sdk)/',
        pathNot: ['^backend/connectors/([^/]+)/'],
      },
      { path: '^backend/connectors/[^/]+/' },
    ),
    error(
      'the-kit-knows-no-connector',
      { path: '^backend/connector-kit/' },
      { path: '^backend/(modules|connectors|sandbox|cli|demo)/' },
    ),
    error(
      'mongoose-only-in-stores',
      { pathNot: ['[/-]store\\.ts$', '^backend/core/', '^tests/', '\\.test\\.ts$'] },
      { path: 'node_modules/mongoose' },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
  },
}
