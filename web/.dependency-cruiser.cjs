/** Who may import whom. The server's floors have the same rules in import-linter. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two modules that import each other are one module.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'packages-know-no-app',
      comment: 'A package serves every app, so it may know none.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(console|widget|viewer)/' },
    },
    {
      name: 'apps-know-no-other-app',
      comment: 'What two apps share is a package.',
      severity: 'error',
      from: { path: '^(console|widget|viewer)/' },
      to: { path: '^(console|widget|viewer)/', pathNot: '^$1/' },
    },
    {
      name: 'packages-by-front-door',
      comment: 'A package is used through its exports, by its name.',
      severity: 'error',
      from: { path: '^(?:packages/([^/]+)|console|widget|viewer)/' },
      to: {
        path: '^packages/[^/]+/src/',
        pathNot: ['^packages/$1/', '^packages/[^/]+/src/(index\\.ts|[a-z]+\\.css)$'],
      },
    },
    {
      name: 'features-by-front-door',
      comment: 'A feature uses another feature only through its index.',
      severity: 'error',
      from: { path: '^console/src/features/([^/]+)/' },
      to: {
        path: '^console/src/features/[^/]+/',
        pathNot: ['^console/src/features/$1/', '^console/src/features/[^/]+/index\\.tsx?$'],
      },
    },
    {
      name: 'features-know-no-app-shell',
      comment: 'The shell composes features; a feature that needs the shell belongs in it.',
      severity: 'error',
      from: { path: '^console/src/(features|shared)/' },
      to: { path: '^console/src/app/' },
    },
    {
      name: 'launcher-stays-small',
      comment: 'The launcher runs on other people’s pages: no framework, nothing of the frame.',
      severity: 'error',
      from: { path: '^widget/src/launcher/' },
      to: { path: '^(widget/src/frame/|packages/|.*preact)' },
    },
    {
      name: 'no-test-in-product',
      severity: 'error',
      from: { path: '^(console|widget|packages)/', pathNot: '(\\.test\\.tsx?$|/test/)' },
      to: { path: '(\\.test\\.tsx?$|/test/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.css'],
    },
  },
}
