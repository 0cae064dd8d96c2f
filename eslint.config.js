import js from '@eslint/js';
import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import { everywhere, fieldNames, inGuard, onServer } from './tools/field-names.js';

const wallClock =
  'The wall clock may be set at any moment. Measure what lasts by the `now` of the Clock or Time that you are given (server/time.ts); take its `wall` only for what people read and for what outlives the process.';

const names = (files, words) => ({
  files,
  rules: { 'resa/field-names': ['error', words] },
});

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'data/', 'tests/bench/peers/'] },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  svelte.configs.recommended,
  {
    plugins: { resa: { rules: { 'field-names': fieldNames } } },
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: {
        projectService: {
          allowDefaultProject: [
            '*.js',
            '*.mjs',
            'tools/*.js',
            'tests/*.mjs',
            'tests/bench/*.mjs',
            '.dependency-cruiser.cjs',
          ],
        },
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
      'no-restricted-imports': ['error', { patterns: ['**/utils', '**/common'] }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/no-navigation-without-resolve': 'off',
      // Plain maps and sets are chosen where nothing renders from them, or where they are replaced whole.
      'svelte/prefer-svelte-reactivity': 'off',
      // Reading a signal for its own sake is how an effect names what it depends on.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
    },
  },
  {
    // The parser does not see the types of component callbacks; svelte-check does, and is strict about them.
    files: ['**/*.svelte'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // Whoever sets the wall clock must not stop or hasten anything: what lasts is measured by a clock that nobody sets.
    files: ['server/**/*.ts'],
    ignores: ['server/time.ts'],
    rules: {
      'no-restricted-properties': ['error', { object: 'Date', property: 'now', message: wallClock }],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: wallClock },
        { selector: "CallExpression[callee.name='Date']", message: wallClock },
      ],
    },
  },
  names(['shared/**/*.ts', 'client/**/*.ts', 'client/**/*.svelte'], everywhere),
  names(['server/**/*.ts'], onServer),
  names(['server/live/guard/**/*.ts'], inGuard),
  { files: ['**/*.mjs', '**/*.js', '**/*.cjs'], extends: [ts.configs.disableTypeChecked] },
);
