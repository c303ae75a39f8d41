// The page around the program: starts it, hands it keys and pasted text, mirrors its text to the DOM.
// What the program calls is web/bridge/orrery_library.js; what is called here is playground/platform/web/run.cpp.
'use strict';
(function () {
  var query = new URLSearchParams(location.search);
  var stored = '';
  try { stored = localStorage.getItem('orrery.language') || ''; } catch (refused) { }
  var language = (query.get('lang') || stored || navigator.language || 'en').slice(0, 2) === 'ko' ? 'ko' : 'en';
  var started = performance.now();
  var $ = function (id) { return document.getElementById(id); };
  var canvas = $('canvas'), keys = $('keys'), cover = $('cover');
  var running = false;

  function speak(code) {
    language = code;
    document.documentElement.lang = code;
    document.querySelectorAll('[data-en]').forEach(function (element) {
      var text = element.getAttribute('data-' + code);
      if (element.hasAttribute('data-href-ko')) element.href = code === 'ko' ? element.getAttribute('data-href-ko') : element.getAttribute('data-href-en');
      if (element.hasAttribute('aria-label')) element.setAttribute('aria-label', text);
      else element.textContent = text;
    });
  }
  speak(language);

  function trouble(en, ko) {
    var line = $('trouble');
    line.textContent = language === 'ko' ? ko : en;
    line.hidden = false;
    $('instead').hidden = false;
    cover.classList.remove('gone');
  }

  // ---- what is needed ------------------------------------------------------------------------------------------------
  if (typeof WebAssembly !== 'object') {
    trouble('This browser has no WebAssembly, which runs the cluster. A current Firefox, Chrome, Edge or Safari has it.',
            '이 브라우저에는 클러스터를 돌릴 WebAssembly가 없어요. 최신 Firefox, Chrome, Edge, Safari에서 열어 주세요.');
    return;
  }
  if (!document.createElement('canvas').getContext('webgl2')) {
    trouble('This browser shows no WebGL 2, which draws the page. It may be switched off in the settings, or the graphics driver may be blocked.',
            '이 브라우저에서 화면을 그리는 WebGL 2를 쓸 수 없어요. 설정에서 꺼져 있거나 그래픽 드라이버가 막혀 있을 수 있어요.');
    return;
  }

  // ---- what the program calls ----------------------------------------------------------------------------------------
  function copy(text) {
    var fallback = function () {
      var area = document.createElement('textarea');
      area.value = text;
      document.body.appendChild(area);
      area.select();
      document.execCommand('copy');
      area.remove();
      keys.focus();
    };
    if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(text).catch(fallback);
    else fallback();
  }

  function caret(x, y, height) {
    keys.style.transform = 'translate(' + x + 'px,' + y + 'px)';
    keys.style.height = height + 'px';
  }

  // For the next visit without a network; where the browser doesn't allow it, the page works as before.
  function keepCopy() {
    if (navigator.serviceWorker) navigator.serviceWorker.register('worker.js').catch(function () { });
  }

  var spoken = 0, waiting = null, said = '';
  function say(text) {  // at most a sentence every two seconds
    if (!text || text === said) return;
    clearTimeout(waiting);
    waiting = setTimeout(function () {
      said = text;
      spoken = performance.now();
      $('live').textContent = text;
    }, Math.max(0, 2000 - (performance.now() - spoken)));
  }

  // ---- links and files -----------------------------------------------------------------------------------------------
  // A link holds the page's text behind '#c=', packed, so that no server ever sees it.
  function through(bytes, stream) { return new Response(new Blob([bytes]).stream().pipeThrough(stream)); }
  function packed(text) {
    return through(new TextEncoder().encode(text), new CompressionStream('deflate-raw')).arrayBuffer().then(function (buffer) {
      var bytes = new Uint8Array(buffer), letters = '';
      for (var i = 0; i < bytes.length; ++i) letters += String.fromCharCode(bytes[i]);
      return btoa(letters).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
    });
  }
  function unpacked(code) {
    return Promise.resolve(code).then(function () {
      var letters = atob(code.replace(/-/g, '+').replace(/_/g, '/')), bytes = new Uint8Array(letters.length);
      for (var i = 0; i < letters.length; ++i) bytes[i] = letters.charCodeAt(i);
      return through(bytes, new DecompressionStream('deflate-raw')).text();
    }).catch(function () { return '{}'; });  // the program says that it can't be opened
  }
  function share(text) {
    packed(text).then(function (code) {
      window.orrery.link = location.href.split('#')[0] + '#c=' + code;
      copy(window.orrery.link);
    });
  }
  function saveFile(text) {
    var link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
    link.download = 'orrery-' + new Date().toISOString().slice(0, 10) + '.json';
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
  }
  function chooseFile() {
    var input = document.createElement('input');
    input.type = 'file';
    input.accept = '.json,.yaml,.yml';
    input.addEventListener('change', function () { if (input.files[0]) openFile(input.files[0]); });
    input.click();
  }
  // Beside this page, which stands where it is; in its place where the browser opens no other.
  function go(address) {
    var other = window.open(address, '_blank');
    if (other) other.opener = null;
    else location.href = address;
  }
  function openFile(file) { file.text().then(function (text) { message('open ' + text); wake(); }); }
  window.addEventListener('dragover', function (event) { event.preventDefault(); });
  window.addEventListener('drop', function (event) {
    event.preventDefault();
    if (event.dataTransfer && event.dataTransfer.files[0]) openFile(event.dataTransfer.files[0]);
  });
  // The last moment at which a page on its way out can write.
  window.addEventListener('pagehide', function () { if (running) message('save'); });
  document.addEventListener('visibilitychange', function () { if (running && document.visibilityState === 'hidden') message('save'); });

  function publish(channel, text) {
    if (channel === 'frames') {
      if (!running) {
        running = true;
        window.orrery.firstFrame = performance.now() - started;
        cover.classList.add('gone');
        setTimeout(function () { cover.hidden = true; }, 250);
        if (document.activeElement === document.body) keys.focus({ preventScroll: true });
        setTimeout(keepCopy, 3000);
      }
      var figures = text.split(' ');
      window.orrery.frames = Number(figures[0]);
      window.orrery.work = Number(figures[1]);
    } else if (channel === 'state') {
      var state = window.orrery.state = JSON.parse(text);
      if (state.language !== language) speak(state.language);
      document.documentElement.style.colorScheme = state.dark ? 'dark' : 'light';
      say(state.say);
    } else if (channel === 'mirror') {
      mirror(JSON.parse(text), $('mirror'));
    } else if (channel === 'view') {
      mirror(JSON.parse(text), $('view'));
    } else if (channel === 'terminal') {
      $('output').textContent = text;
    } else if (channel === 'share') {
      share(text);
    } else if (channel === 'file') {
      saveFile(text);
    } else if (channel === 'go') {
      go(text);
    } else if (channel === 'choose') {
      chooseFile();
    } else if (channel === 'failed') {
      trouble('The page could not start: ' + text, '페이지를 시작하지 못했어요: ' + text);
    }
  }

  // Calls one of the program's functions with a text. Not by way of the stack: a saved page can be long.
  function give(name, text) {
    if (!Module._malloc || !Module['_' + name]) return;
    var size = Module.lengthBytesUTF8(text) + 1, at = Module._malloc(size);
    Module.stringToUTF8(text, at, size);
    Module['_' + name](at);
    Module._free(at);
  }
  function message(line) { give('orrery_message', line); }

  // ---- the server behind the page ------------------------------------------------------------------------------------
  // `orrery up` prints an address that ends in '?live' once its token is spent; its page shows that cluster.
  var line = null, pause = 1000;
  function listen() {
    if (line) {  // the cluster is opened anew: what was asked on the old line is nobody's any more
      line.onclose = line.onmessage = null;
      line.close();
    }
    line = new WebSocket(new URL('orrery/socket', location.href).href.replace(/^http/, 'ws'));
    line.onopen = function () { pause = 1000; Module._orrery_line_open(1); };
    line.onmessage = function (event) { give('orrery_line_said', event.data); };
    line.onclose = function () {
      Module._orrery_line_open(0);
      setTimeout(listen, pause);
      pause = Math.min(pause * 2, 15000);
    };
  }
  function send(text) { if (line && line.readyState === WebSocket.OPEN) line.send(text); }
  window.orrery = { message: message, state: null, frames: 0, work: 0, firstFrame: 0,
    drawnFrames: function () { return Module._orrery_frames(); } };

  // ---- the text beside the map, as elements ---------------------------------------------------------------------------
  function inline(spans) {
    return spans.map(function (span) {
      var tag = { strong: 'strong', code: 'code', term: 'dfn' }[span.kind];
      if (!tag) return document.createTextNode(span.text);
      var element = document.createElement(tag);
      element.textContent = span.text;
      return element;
    });
  }

  function element(block, id) {
    // The second half of a double click would press what has come to stand there.
    var press = function (event) { if (!(event.detail > 1)) message('action ' + id + ' ' + block.id + ' ' + block.action); };
    var address = block.kind === 'button' && block.action.indexOf('go:') === 0 ? block.action.slice(3) : '';
    var tag = address ? 'a' : { heading: 'h' + Math.min(3, block.level), code: 'pre', note: 'aside', button: 'button', choice: 'button' }[block.kind] || 'p';
    var made = document.createElement(tag);
    if (block.kind === 'code') made.textContent = block.text;
    else inline(block.spans).forEach(function (child) { made.appendChild(child); });
    if (address) {
      made.href = address;
      made.target = '_blank';
      made.rel = 'noopener';
      made.dataset.block = block.id;
    }
    if (tag === 'button') {
      made.disabled = !block.enabled || !block.action;
      made.dataset.action = block.action;
      made.dataset.block = block.id;
      if (block.kind === 'choice') made.setAttribute('aria-pressed', String(block.state !== 'open' && block.state !== ''));
      made.addEventListener('click', press);
    }
    if (block.kind === 'goal') made.prepend({ right: '✓ ', wrong: '✗ ' }[block.state] || '○ ');
    var parts = [made];
    if (block.kind === 'code' && block.action) {
      var run = document.createElement('button');
      run.textContent = block.action === 'type' ? (language === 'ko' ? '입력' : 'Type it') : language === 'ko' ? '실행' : 'Run';
      run.dataset.action = block.action;
      run.dataset.block = block.id;
      run.addEventListener('click', press);
      parts.push(run);
    }
    return parts;
  }

  // Whoever stands on a button stays on it when its text is made anew; when it is gone, at the head of that text.
  function mirror(tale, article) {
    var held = article.contains(document.activeElement) ? document.activeElement.dataset.block : undefined;
    article.lang = tale.language;
    article.replaceChildren.apply(article, [].concat.apply([], tale.blocks.map(function (block) { return element(block, tale.id); })));
    var again = held !== undefined && [].find.call(article.querySelectorAll('button, a'), function (one) { return one.dataset.block === held; });
    if (again && !again.disabled) again.focus({ preventScroll: true });
    else if (held !== undefined) {
      article.tabIndex = -1;
      article.focus({ preventScroll: true });
    }
  }

  $('command-form').addEventListener('submit', function (event) {
    event.preventDefault();
    message('run ' + $('command').value);
    $('command').value = '';
  });

  // ---- keys, paste, input methods --------------------------------------------------------------------------------------
  // SDL listens on #keys and would swallow every Ctrl key; the capture phase comes before it.
  var composing = false;
  function call(name, text) {
    if (!running) return;
    if (text === undefined) Module['_' + name]();
    else give(name, text);
  }
  window.addEventListener('keydown', function (event) {
    if (event.target !== keys) return;
    var command = event.ctrlKey || event.metaKey;
    var paste = command && !event.altKey && event.code === 'KeyV';
    var browsers = /^F\d+$/.test(event.key) || (command && /^Key[RTNFLW]$/.test(event.code) && (event.metaKey || event.shiftKey || /^Key[RTF]$/.test(event.code))) ||
                   (event.key === 'Tab' && event.shiftKey);
    if (paste || browsers || event.isComposing || event.keyCode === 229) event.stopImmediatePropagation();
  }, true);
  window.addEventListener('keypress', function (event) {
    if (event.target === keys && (composing || event.ctrlKey)) event.stopImmediatePropagation();
  }, true);
  keys.addEventListener('paste', function (event) {
    event.preventDefault();
    call('orrery_paste', event.clipboardData.getData('text/plain'));
  });
  keys.addEventListener('compositionstart', function () { composing = true; });
  keys.addEventListener('compositionupdate', function (event) { call('orrery_preedit', event.data || ''); });
  keys.addEventListener('compositionend', function (event) {
    composing = false;
    keys.value = '';
    call('orrery_text', event.data || '');
  });
  keys.addEventListener('input', function (event) {
    if (event.isComposing || composing || event.inputType === 'insertCompositionText') return;
    keys.value = '';
    if (event.inputType === 'insertText' && event.data) call('orrery_text', event.data);
    else if (event.inputType === 'insertLineBreak') call('orrery_enter');
    else if (event.inputType === 'deleteContentBackward') call('orrery_backspace');
  });
  canvas.addEventListener('pointerdown', function () { setTimeout(function () { keys.focus({ preventScroll: true }); }, 0); });

  // ---- waking ----------------------------------------------------------------------------------------------------------
  // While nothing moves the program sleeps; any input wakes it.
  function wake() { if (running) Module._orrery_wake(); }
  ['pointermove', 'pointerdown', 'pointerup', 'wheel', 'keydown', 'keyup', 'touchstart', 'touchmove', 'touchend', 'focus', 'blur', 'resize'].forEach(function (name) {
    window.addEventListener(name, wake, { passive: true });
  });
  document.addEventListener('visibilitychange', wake);
  (function density() {  // a change of density alone makes no resize event
    matchMedia('(resolution: ' + devicePixelRatio + 'dppx)').addEventListener('change', function () {
      window.dispatchEvent(new Event('resize'));
      density();
    }, { once: true });
  })();

  // ---- the program -----------------------------------------------------------------------------------------------------
  var early = {};
  ['fonts/ui_regular.otf', 'fonts/ui_bold.otf', 'fonts/mono.ttf', 'fonts/signs.ttf'].forEach(function (name) {
    early[name] = fetch(name).then(function (answer) { return answer.ok ? answer.arrayBuffer() : new ArrayBuffer(0); });
  });
  var args = [];
  ['language', 'view', 'run'].forEach(function (name) { if (query.get(name)) args.push('--' + name, query.get(name)); });
  if (query.get('lang')) args.push('--language', query.get('lang'));
  if (query.has('still')) args.push('--still');
  window.Module = {
    canvas: canvas, arguments: args, orreryAssets: early, orreryLanguage: language,
    orrery: { publish: publish, copy: copy, caret: caret, listen: listen, send: send }, orreryAttached: query.has('live'),
    onAbort: function (what) { trouble('The program stopped: ' + what, '프로그램이 멈췄어요: ' + what); },
    printErr: function (text) { console.error(text); },
  };
  canvas.addEventListener('webglcontextlost', function (event) {
    event.preventDefault();
    trouble('The graphics driver stopped. Reload the page.', '그래픽 드라이버가 멈췄어요. 새로 고침 해 주세요.');
  });
  function begin() {
    var script = document.createElement('script');
    script.src = 'orrery.js';
    script.onerror = function () { trouble('The program could not be loaded.', '프로그램을 불러오지 못했어요.'); };
    document.body.appendChild(script);
  }
  // The link is taken out of the address: a reload is to show what was done since.
  if (location.hash.indexOf('#c=') !== 0) {
    begin();
  } else {
    unpacked(location.hash.slice(3)).then(function (text) {
      window.Module.orreryOpened = text;
      history.replaceState(null, '', location.pathname + location.search);
      begin();
    });
  }
})();
