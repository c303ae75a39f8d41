// Keeps a copy of the page, so that it opens without a network after the first visit. What the network has comes first.
'use strict';
var KEPT = 'orrery';
var FILES = ['./', 'index.html', 'page.css', 'page.js', 'icon.svg', 'orrery.js', 'orrery.wasm', 'lessons.json', 'notices.txt',
  'fonts/ui_regular.otf', 'fonts/ui_bold.otf', 'fonts/ui_more.otf', 'fonts/ui_more_bold.otf', 'fonts/ui_all.otf', 'fonts/mono.ttf',
  'fonts/signs.ttf'];

// The printed lessons.
function printed() {
  return fetch('lessons/pages.json').then(function (answer) { return answer.json(); })
    .then(function (names) { return ['pages.json'].concat(names).map(function (name) { return 'lessons/' + name; }); });
}

self.addEventListener('install', function (event) {
  event.waitUntil(Promise.all([caches.open(KEPT), printed()]).then(function (found) { return found[0].addAll(FILES.concat(found[1])); }).then(function () { return self.skipWaiting(); }));
});

self.addEventListener('activate', function (event) { event.waitUntil(self.clients.claim()); });

self.addEventListener('fetch', function (event) {
  if (event.request.method !== 'GET' || new URL(event.request.url).origin !== location.origin) return;
  event.respondWith(fetch(event.request).then(function (answer) {
    if (answer.ok) {
      var copy = answer.clone();
      event.waitUntil(caches.open(KEPT).then(function (cache) { return cache.put(event.request, copy); }));
    }
    return answer;
  }, function (gone) {
    return caches.match(event.request, { ignoreSearch: true }).then(function (kept) { if (!kept) throw gone; return kept; });
  }));
});
