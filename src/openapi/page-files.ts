import { DOCUMENT_NAMES, DOCUMENT_TEXTS } from './texts.js';

/** The page; `folder` is how the browser, from the spelling that it asked for, gets to the folder of the assets. */
export function pageHtml(folder: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Hubgate API</title>
    <link rel="icon" type="image/png" href="${folder}favicon-32x32.png" />
    <link rel="stylesheet" href="${folder}swagger-ui.css" />
    <link rel="stylesheet" href="${folder}page.css" />
  </head>
  <body>
    <div id="swagger-ui"><noscript>This page needs JavaScript. The documents themselves:
      ${DOCUMENT_NAMES.map((name) => `<a href="${folder}openapi/${name}.json">${DOCUMENT_TEXTS[name].title}</a>`).join(', ')}.
    </noscript></div>
    <script src="${folder}swagger-ui-bundle.js"></script>
    <script src="${folder}swagger-ui-standalone-preset.js"></script>
    <script src="${folder}init.js"></script>
  </body>
</html>
`;
}

const SELECTOR = DOCUMENT_NAMES.map((name) => ({ file: `openapi/${name}.json`, name: DOCUMENT_TEXTS[name].title }));

/**
 * Starts Swagger UI. Everything is found from where this script itself came from, so the sub-path never matters. Keys
 * stay in the page's memory (no `persistAuthorization`), and no validator on another host is asked.
 */
export const INIT_JS = `'use strict';
(function () {
  var here = document.currentScript.src;
  var documents = ${JSON.stringify(SELECTOR)};

  function hubgate(system) {
    return {
      components: {
        Logo: function () {
          return system.React.createElement('span', { className: 'hubgate-name' }, 'Hubgate');
        },
        // There is one server, the one that the page came from.
        ServersContainer: function () {
          return null;
        },
      },
    };
  }

  window.addEventListener('load', function () {
    window.ui = SwaggerUIBundle({
      dom_id: '#swagger-ui',
      urls: documents.map(function (entry) {
        return { url: new URL(entry.file, here).href, name: entry.name };
      }),
      presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
      plugins: [hubgate],
      layout: 'StandaloneLayout',
      deepLinking: true,
      defaultModelsExpandDepth: 0,
      displayRequestDuration: true,
      filter: true,
      persistAuthorization: false,
      showCommonExtensions: true,
      tryItOutEnabled: true,
      validatorUrl: null,
    });
  });
})();
`;

export const PAGE_CSS = `body {
  margin: 0;
  background: #fafafa;
}

.swagger-ui .topbar {
  background: #16324f;
}

.swagger-ui .topbar a {
  flex: 1;
}

.hubgate-name {
  color: #fff;
  font: 700 1.4em sans-serif;
}

.swagger-ui .scheme-container {
  padding: 16px 0;
}
`;
