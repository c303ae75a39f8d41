// The terminal: keys, paste, copy, input methods, the rescue from Hangul mode.
import { check, equal } from '../support.mjs';

export default [
  {
    name: 'terminal: typing, editing keys and history',
    async run({ page }) {
      await page.type('kubectl version extra');
      await page.press('Control+w');
      await page.until('the last word to go', () => window.orrery.state.prompt === 'kubectl version ');
      await page.press('Enter');
      await page.until('the end', () => window.orrery.state.prompt === '' && !window.orrery.state.busy && window.orrery.state.lines > 0);
      await page.press('ArrowUp');
      await page.until('history', () => window.orrery.state.prompt === 'kubectl version');
      await page.press('Home');
      await page.press('Delete');
      await page.until('a deleted letter', () => window.orrery.state.prompt === 'ubectl version');
    },
  },
  {
    name: 'terminal: paste and copy',
    async run({ page, browser, address }) {
      await browser.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(address).origin });
      await page.page.evaluate(() => navigator.clipboard.writeText('kubectl get pods -A\n'));
      await page.press('Control+v');
      await page.until('pasted text', () => window.orrery.state.prompt.includes('kubectl get pods -A'));
      await page.press('Shift+Home');
      await page.press('Control+c');
      await page.page.waitForTimeout(500);
      const copied = await page.page.evaluate(() => navigator.clipboard.readText());
      equal(copied.trim(), 'kubectl get pods -A', 'copied text');
    },
  },
  {
    name: 'terminal: Hangul by an input method, drawn while composing',
    async run({ page, shots }) {
      const session = await page.page.context().newCDPSession(page.page);
      for (const text of ['ㅎ', '하', '한']) await session.send('Input.imeSetComposition', { text, selectionStart: 1, selectionEnd: 1 });
      await page.page.waitForTimeout(300);
      equal((await page.state()).prompt, '', 'nothing is committed while composing');
      await page.shot(shots, 'terminal-composing');
      await session.send('Input.insertText', { text: '한' });
      await page.until('the committed syllable', () => window.orrery.state.prompt === '한');
      await session.send('Input.insertText', { text: '글' });
      await page.until('the next', () => window.orrery.state.prompt === '한글');
    },
  },
  {
    name: 'terminal: kubectl typed in Hangul mode is rescued by Tab',
    async run({ page, shots }) {
      const session = await page.page.context().newCDPSession(page.page);
      await session.send('Input.insertText', { text: 'ㅏㅕㅠㄷㅊ시 ㅎㄷㅅ ㅔㅐㅇㄴ' });
      await page.until('the text', () => window.orrery.state.prompt.length > 5);
      await page.shot(shots, 'terminal-rescue');
      await page.press('Tab');
      await page.until('the rescue', () => window.orrery.state.prompt === 'kubectl get pods');
    },
  },
  {
    name: 'terminal: a shell in a container reads what is typed, Ctrl-C goes to it, exit gives the prompt back',
    async run({ page, shots }) {
      const shows = (text) => page.until(`"${text}"`, (wanted) => document.querySelector('#output').textContent.includes(wanted), text);
      const prompts = () => page.until("the shell's prompt", () => document.querySelector('#output').textContent.trimEnd().endsWith('/ #'));
      const enter = async (line) => { await page.type(line); await page.press('Enter'); };
      await enter('kubectl run tmp --rm -it --image=busybox --restart=Never -- sh');
      await shows("If you don't see a command prompt, try pressing enter.");
      await page.press('Enter');
      await prompts();
      await enter('echo I am $HOSTNAME');
      await shows('I am tmp');
      await prompts();
      await page.shot(shots, 'terminal-shell');
      await enter('sleep 1000');
      await shows('/ # sleep 1000');
      await page.press('Control+c');
      await shows('^C');
      await prompts();
      await enter('exit 3');
      await page.until('the end', () => !window.orrery.state.busy);
      await shows('pod "tmp" deleted from default namespace');
      equal((await page.state()).status, 3, 'the exit code');
      await enter('kubectl run deaf -it --image=busybox --restart=Never -- sleep 600');
      await page.until('kubectl to attach', () => document.querySelector('#output').textContent.split("If you don't see").length === 3);
      await page.page.waitForTimeout(1000);
      await page.press('Control+c');
      await page.page.waitForTimeout(1000);
      check((await page.state()).busy, 'PID 1 ignores Ctrl-C');
      await page.press('Control+c');
      await page.until('the prompt back', () => !window.orrery.state.busy);
    },
  },
  {
    name: 'terminal: a rare syllable brings its font',
    async run({ page, shots }) {
      const session = await page.page.context().newCDPSession(page.page);
      const fetched = page.page.waitForResponse((response) => response.url().endsWith('ui_all.otf'));
      await session.send('Input.insertText', { text: '뷁 쀍 햏' });
      check((await fetched).ok(), 'the font of all syllables');
      await page.page.waitForTimeout(1500);
      await page.shot(shots, 'terminal-rare-syllables');
    },
  },
  {
    name: 'terminal: a long output begins at its command, wide tables go on to the side, the edge can be dragged',
    async run({ page, shots }) {
      await page.until('three pods', () => window.orrery.state && window.orrery.state.connected && window.orrery.state.pods === 3);
      await page.message('action welcome door welcome.kubectl');
      await page.command('kubectl describe deployment web');
      await page.until('more below', () => window.orrery.state.below > 5);
      await page.shot(shots, 'terminal-long');
      const long = (await page.state()).below;
      await page.page.mouse.move(900, 640);
      await page.page.mouse.wheel(0, 200);
      await page.until('the wheel to scroll', (below) => window.orrery.state.below < below, long);
      for (let i = 0; i < 8 && (await page.state()).below > 0; ++i) await page.press('PageDown');
      await page.until('the end', () => window.orrery.state.below === 0);
      const low = (await page.state()).terminal;
      await page.page.mouse.move(900, 720 - low + 3);
      await page.page.mouse.down();
      await page.page.waitForTimeout(200);
      await page.page.mouse.move(900, 400, { steps: 4 });
      await page.page.waitForTimeout(200);
      await page.page.mouse.up();
      await page.until('a taller terminal', () => window.orrery.state.terminal >= 310);
      await page.press('Alt+ArrowDown');
      await page.until('a lower one', () => window.orrery.state.terminal < 300);
      await page.command('kubectl get pods -o wide --show-labels');
      await page.shot(shots, 'terminal-wide');
      const kept = (await page.state()).terminal;
      await page.page.reload();
      await page.until('the first frame', () => window.orrery && window.orrery.frames > 0 && window.orrery.state);
      await page.until('the height of before', (height) => window.orrery.state.terminal === height, kept);
    },
  },
  {
    name: 'terminal: another cluster begins with a rule, and only its own names complete',
    async run({ page, shots }) {
      await page.until('three pods', () => window.orrery.state && window.orrery.state.connected && window.orrery.state.pods === 3);
      await page.message('action welcome door welcome.kubectl');
      await page.command('kubectl create configmap only-before');
      await page.type('kubectl delete configmap o');
      await page.message('action lessons lessons lessons');
      await page.message('action welcome delete-one open:delete-one');
      await page.message('action questions questions.skip questions.skip');
      await page.until('its world', () => window.orrery.state.document.startsWith('lesson/delete-one#') && !window.orrery.state.document.endsWith('#waiting'));
      await page.until('the rule', () => window.orrery.state.last === 'new cluster: A1 Delete one, watch it return');
      equal((await page.state()).prompt, '', 'the prompt');
      check(!(await page.page.locator('#output').textContent()).includes('only-before'), 'what the cluster before printed is told again');
      for (const action of ['lesson.choose', 'lesson.next']) {
        await page.until(action, (name) => document.querySelector(`#mirror button[data-action="${name}"]`), action);
        await page.page.evaluate((name) => document.querySelector(`#mirror button[data-action="${name}"]`).click(), action);
      }
      await page.until('a terminal to work in', () => window.orrery.state.terminal > 250);
      await page.shot(shots, 'terminal-new-cluster');
      await page.page.locator('#keys').focus();
      await page.type('kubectl get configmap o');
      await page.press('Tab');
      await page.page.waitForTimeout(500);
      equal((await page.state()).prompt, 'kubectl get configmap o', 'a name of the cluster before');
    },
  },
  {
    name: 'terminal: blanks are filled one after the other',
    async run({ page, shots }) {
      await page.until('three pods', () => window.orrery.state && window.orrery.state.connected && window.orrery.state.pods === 3);
      await page.message('type kubectl label pod a machine=___ os=___');
      await page.until('the first blank', () => window.orrery.state.chosen === '___');
      await page.page.keyboard.type('one', { delay: 20 });
      await page.until('the blank to go', () => window.orrery.state.prompt === 'kubectl label pod a machine=one os=___');
      const before = (await page.state()).lines;
      await page.press('Enter');
      await page.until('the next blank', () => window.orrery.state.chosen === '___');
      await page.shot(shots, 'terminal-blank');
      equal((await page.state()).lines, before, 'lines printed');
      await page.page.keyboard.type('two', { delay: 20 });
      await page.until('all filled in', () => window.orrery.state.prompt === 'kubectl label pod a machine=one os=two');
    },
  },
  {
    name: 'terminal: every completion can be reached',
    async run({ page, shots }) {
      await page.type('kubectl ');
      const reached = new Set();
      for (let turn = 0, before = ''; turn < 12; ++turn) {
        await page.press('Tab');
        await page.until('other words', (last) => window.orrery.state.offered && window.orrery.state.offered !== last, before);
        before = (await page.state()).offered;
        const words = before.split(' ');
        if (turn < 2) await page.shot(shots, turn ? 'terminal-completions-more' : 'terminal-completions');
        if (words.every((word) => reached.has(word))) break;  // the first page again
        words.forEach((word) => reached.add(word));
      }
      for (const word of ['annotate', 'describe', 'get', 'scale', 'wait']) check(reached.has(word), `${word} can't be reached: ${[...reached]}`);
      equal((await page.state()).prompt, 'kubectl ', 'the prompt');
    },
  },
];
