// A static file server for the page: node web/serve/static.mjs FOLDER [PORT] [PREFIX]. Prints the page's address.
// Sends nothing but files below FOLDER; listens on loopback alone.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.svg': 'image/svg+xml',
  '.otf': 'font/otf', '.ttf': 'font/ttf', '.json': 'application/json', '.yaml': 'text/yaml; charset=utf-8', '.txt': 'text/plain; charset=utf-8' };

function file(folder, path) {
  const wanted = normalize(join(folder, decodeURIComponent(path)));
  if (wanted !== folder && !wanted.startsWith(folder + sep)) return null;
  for (const candidate of [wanted, join(wanted, 'index.html')]) {
    try { if (statSync(candidate).isFile()) return candidate; } catch { /* the next */ }
  }
  return null;
}

// Resolves to { address, close }.
export function serve(folder, port = 0, prefix = '/') {
  const root = normalize(folder).replace(/[/\\]$/, '');
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://x').pathname;
    const found = path.startsWith(prefix) ? file(root, path.slice(prefix.length)) : null;
    if (!found) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(found)] ?? 'application/octet-stream', 'cache-control': 'no-cache' });
    createReadStream(found).pipe(response);
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () =>
    resolve({ address: `http://127.0.0.1:${server.address().port}${prefix}`, close: () => { server.close(); server.closeAllConnections(); } })));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder = 'build/wasm/web', port = '8080', prefix = '/'] = process.argv.slice(2);
  console.log(`page: ${(await serve(folder, Number(port), prefix)).address}`);
}
