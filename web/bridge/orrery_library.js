// The program's hands in the page: functions that C++ calls (playground/platform/web/bridge.h declares them).
// The page's own part of the bridge is web/shell/page.js, which listens to Module.orrery.
mergeInto(LibraryManager.library, {
  $orreryPage: function () { return Module['orrery'] || {}; },

  // Fetches a file beside the page and hands its bytes to orrery_asset(id, pointer, size); size 0: not there.
  orrery_js_load_asset__deps: ['malloc', 'free'],
  orrery_js_load_asset: function (id, name) {
    var path = UTF8ToString(name);
    var early = Module['orreryAssets'] && Module['orreryAssets'][path];
    (early || fetch(path).then(function (answer) { return answer.ok ? answer.arrayBuffer() : new ArrayBuffer(0); }))
      .catch(function () { return new ArrayBuffer(0); })
      .then(function (buffer) {
        var at = _malloc(Math.max(1, buffer.byteLength));
        HEAPU8.set(new Uint8Array(buffer), at);
        Module['_orrery_asset'](id, at, buffer.byteLength);
        _free(at);
      });
  },

  // Both return a string that the caller frees.
  orrery_js_setting__deps: ['malloc', '$orreryText'],
  orrery_js_setting: function (key) {
    var value = '';
    var name = 'orrery.' + UTF8ToString(key);
    try { value = sessionStorage.getItem(name) || localStorage.getItem(name) || ''; } catch (refused) { }  // this tab's own first
    return orreryText(value);
  },
  orrery_js_ask__deps: ['$orreryText'],
  orrery_js_ask: function (what) {
    switch (UTF8ToString(what)) {
      case 'language': return orreryText((Module['orreryLanguage'] || navigator.language || 'en').slice(0, 2));
      case 'dark': return orreryText(matchMedia('(prefers-color-scheme: dark)').matches ? '1' : '');
      case 'still': return orreryText(matchMedia('(prefers-reduced-motion: reduce)').matches ? '1' : '');
      case 'attached': return orreryText(Module['orreryAttached'] ? '1' : '');
      case 'opened': return orreryText(Module['orreryOpened'] || '');
      case 'mac': return orreryText(/Mac|iPhone|iPad/.test(navigator.platform) ? '1' : '');
    }
    return orreryText('');
  },
  $orreryText__deps: ['malloc'],
  $orreryText: function (text) {
    var size = lengthBytesUTF8(text) + 1;
    var at = _malloc(size);
    stringToUTF8(text, at, size);
    return at;
  },

  orrery_js_save_setting: function (key, value) {
    ['sessionStorage', 'localStorage'].forEach(function (storage) {
      try { self[storage].setItem('orrery.' + UTF8ToString(key), UTF8ToString(value)); } catch (refused) { }
    });
  },

  orrery_js_publish__deps: ['$orreryPage'],
  orrery_js_publish: function (channel, text) {
    var page = orreryPage();
    if (page.publish) page.publish(UTF8ToString(channel), UTF8ToString(text));
  },
  orrery_js_clipboard__deps: ['$orreryPage'],
  orrery_js_clipboard: function (text) {
    var page = orreryPage();
    if (page.copy) page.copy(UTF8ToString(text));
  },
  orrery_js_listen__deps: ['$orreryPage'],
  orrery_js_listen: function () {
    var page = orreryPage();
    if (page.listen) page.listen();
  },
  orrery_js_send__deps: ['$orreryPage'],
  orrery_js_send: function (message) {
    var page = orreryPage();
    if (page.send) page.send(UTF8ToString(message));
  },
  orrery_js_caret__deps: ['$orreryPage'],
  orrery_js_caret: function (x, y, height, wanted) {
    var page = orreryPage();
    if (page.caret) page.caret(x, y, height, wanted);
  },
  orrery_js_sleep: function (milliseconds) {
    clearTimeout(Module['orreryTimer']);
    if (milliseconds > 0) Module['orreryTimer'] = setTimeout(function () { Module['_orrery_resume'](); }, milliseconds);
  },
});
