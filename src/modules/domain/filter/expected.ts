import { EOF, type IParserErrorMessageProvider, tokenLabel, type TokenType } from 'chevrotain';

/** The messages of the parser are what could have stood there, a line for each; parse.ts makes sentences of them. */
export const EXPECTED_LABELS: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => labels([expected]),
  buildNotAllInputParsedMessage: () => ['and', 'xor', 'or', END].join('\n'),
  buildNoViableAltMessage: ({ expectedPathsPerAlt, ruleName }) =>
    [...(ruleName === 'primary' ? ['not'] : []), labels(expectedPathsPerAlt.flat(2))].join('\n'),
  buildEarlyExitMessage: ({ expectedIterationPaths }) => labels(expectedIterationPaths.flat(2)),
};

const END = 'the end of the filter';

function labels(types: readonly TokenType[]): string {
  return [...new Set(types.map((type) => (type === EOF ? END : tokenLabel(type))))].join('\n');
}
