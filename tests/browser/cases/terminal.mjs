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
];
