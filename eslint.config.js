import js from '@eslint/js';
import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import { everywhere, fieldNames, inGuard, onServer } from './tools/field-names.js';

const wallClock =
  'The wall clock can be set at any time. Measure durations with the `now` of the Clock or Time that you are given (server/time.ts). Use its `wall` only for times that people read or that outlive the process.';

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
      // Plain maps and sets are used only where nothing renders from them, or where they are replaced as a whole.
      'svelte/prefer-svelte-reactivity': 'off',
      // Effects read a signal with `void` to depend on it.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
    },
  },
  {
    // The parser does not see the types of component callbacks. svelte-check does, and checks them strictly.
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
    // Setting the wall clock must not stop or speed up anything, so durations use a monotonic clock.
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
  {
    files: ['client/**/*.ts', 'client/**/*.svelte'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[property.name=/^(isComposing|keyCode)$/]',
          message:
            'Ask isComposing() of client/ui/composing.ts: Safari tells the last key of a composition otherwise.',
        },
        {
          selector:
            "MemberExpression[property.name=/^(localeCompare|toLocaleLowerCase)$/], MemberExpression[object.name='Intl'][property.name=/^(Collator|Segmenter)$/]",
          message: 'Use shared/text: one order by the language of the board, one search, one way to cut.',
        },
        {
          selector: "SvelteAttribute[key.name='maxlength']",
          message: 'Attach lineInput() of client/ui/line-input.ts: maxlength cuts through graphemes.',
        },
      ],
    },
  },
  {
    // A report of a run is read by titles alone.
    files: ['tests/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'CallExpression[callee.callee.property.name=/^(each|for)$/] > Literal.arguments[value=/^(%[a-z]|[$][\\w.]+|[A-Z]\\d+|\\W)*$/]',
          message: 'Give the title words of its own around the placeholder: "%s are equal".',
        },
      ],
    },
  },
  names(['shared/**/*.ts', 'client/**/*.ts', 'client/**/*.svelte'], everywhere),
  names(['server/**/*.ts'], onServer),
  names(['server/live/guard/**/*.ts'], inGuard),
  { files: ['**/*.mjs', '**/*.js', '**/*.cjs'], extends: [ts.configs.disableTypeChecked] },
);
