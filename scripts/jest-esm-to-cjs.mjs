import ts from 'typescript';

// Jest on Node < 24.9 cannot require() an ES module: give require() a CommonJS rendering, leave import() untouched.
const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 };

export default {
  process: (source, fileName, { supportsStaticESM }) => ({
    code: supportsStaticESM ? source : ts.transpileModule(source, { fileName, compilerOptions }).outputText,
  }),
  getCacheKey: (source, fileName, { supportsStaticESM }) =>
    `${ts.version}:${supportsStaticESM}:${fileName}:${source.length}`,
};
