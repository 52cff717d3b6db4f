// Sets up Swagger UI for this contract: operations are found by any word, and the errors that all operations share are folded.
'use strict';

const dark = matchMedia('(prefers-color-scheme: dark)');
const shade = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', shade);
shade();

// An operation is found when each word stands somewhere in its method, address, identifier, summary or tag.
const finds = (taggedOperations, phrase) => {
  const words = phrase.toLowerCase().split(/\s+/);
  const has = (tag) => (operation) => {
    const told = ['operationId', 'summary'].map((key) => operation.getIn(['operation', key]));
    const text = [tag, operation.get('method'), operation.get('path'), ...told].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const found = taggedOperations.map((group, tag) => group.update('operations', (all) => all.filter(has(tag))));
  return found.filter((group) => group.get('operations').size > 0);
};

const diapason = ({ React }) => {
  const make = React.createElement;

  const Filter = ({ layoutActions, layoutSelectors, specSelectors }) => {
    const current = layoutSelectors.currentFilter();
    const change = (event) => {
      layoutActions.updateFilter(event.target.value);
      // What is found is seen at once.
      if (event.target.value) {
        specSelectors.taggedOperations().keySeq().forEach((tag) => layoutActions.show(['operations-tag', tag], true));
      }
    };
    return make('div', { className: 'wrapper find', role: 'search' },
      make('label', { htmlFor: 'find' }, 'Find operations'),
      make('input', {
        id: 'find', type: 'search', placeholder: 'membership, /networks, get_me …', autoComplete: 'off',
        onChange: change, value: typeof current === 'string' ? current : '',
      }));
  };

  const responses = (Original) => (props) => {
    const isError = (_, code) => /^[45]/.test(code);
    const errors = props.responses.filter(isError);
    const rows = errors.entrySeq().map(([code, response]) =>
      make('tr', { key: code }, make('th', { scope: 'row' }, code), make('td', null, response.get('description'))));
    return make(React.Fragment, null,
      make(Original, { ...props, responses: props.responses.filterNot(isError) }),
      errors.size > 0 && make('details', { className: 'shared-errors' },
        make('summary', null, `Errors: ${errors.keySeq().join(', ')}`),
        make('p', null, 'All have the shape of the schema Problem. ',
          make('a', { href: '/problems' }, 'What each code means, and what to do')),
        make('table', null, make('tbody', null, rows.toArray()))));
  };

  // A link within a button can be reached by no keyboard; the address bar names what is open all the same.
  const DeepLink = ({ text }) => make('span', null, text);
  // There is one server: this one.
  const ServersContainer = () => null;

  return { components: { DeepLink, FilterContainer: Filter, ServersContainer }, fn: { opsFilter: finds }, wrapComponents: { responses } };
};

// Buttons that show a picture alone say what they do, those with a word are called by it, and no heading skips a level.
const named = () => {
  const each = (selector, change) => document.querySelectorAll(selector).forEach(change);
  each('.copy-to-clipboard button:not([aria-label])', (button) => button.setAttribute('aria-label', 'Copy'));
  each('.close-modal:not([aria-label])', (button) => button.setAttribute('aria-label', 'Close'));
  each('.auth-btn-wrapper [aria-label]', (button) => button.removeAttribute('aria-label'));
  each('tr[data-param-name] select:not([aria-label])', (select) => select.setAttribute('aria-label', select.closest('tr').dataset.paramName));
  each('.modal-ux h6:not([aria-level])', (heading) => {
    heading.setAttribute('role', 'heading');
    heading.setAttribute('aria-level', '5');
  });
};
new MutationObserver(named).observe(document.getElementById('swagger-ui'), { childList: true, subtree: true });

SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  filter: true,
  syntaxHighlight: false,
  plugins: [diapason],
});
