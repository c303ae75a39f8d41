// Chromium, and the page as a user meets it.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const FLAGS = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-dev-shm-usage'];
const PATIENCE = 120_000;  // software rendering on a busy machine, two browsers at once

export function findBrowser() {
  return ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
}

export function launch(profile, screen) {
  return chromium.launchPersistentContext(profile, {
    executablePath: findBrowser(), headless: true, args: FLAGS, locale: screen.locale ?? 'en-US',
    viewport: { width: screen.width ?? 1280, height: screen.height ?? 720 }, deviceScaleFactor: screen.density ?? 1,
    colorScheme: screen.dark ? 'dark' : 'light', reducedMotion: screen.still ? 'reduce' : 'no-preference', hasTouch: screen.touch ?? false,
  });
}

export async function open(browser, address, query) {
  const page = await browser.newPage();
  const user = new User(page, address);
  await page.goto(address + query);
  await user.until('the first frame', () => window.orrery && window.orrery.frames > 0);
  return user;
}

export class User {
  constructor(page, address) {
    this.page = page;
    this.troubles = [];
    page.on('console', (message) => { if (message.type() === 'error') this.troubles.push(`console: ${message.text()}`); });
    page.on('pageerror', (error) => this.troubles.push(`page: ${error.message}`));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(address) && !url.startsWith('data:') && !url.startsWith('blob:')) this.troubles.push(`request elsewhere: ${url}`);
    });
  }

  check() {
    if (this.troubles.length) throw new Error(this.troubles.join('\n'));
  }

  state() { return this.page.evaluate(() => window.orrery.state); }
  message(line) { return this.page.evaluate((text) => window.orrery.message(text), line); }

  async until(what, condition, argument) {
    try {
      await this.page.waitForFunction(condition, argument, { timeout: PATIENCE, polling: 50 });
    } catch {
      throw new Error(`waited in vain for ${what}; state: ${JSON.stringify(await this.state().catch(() => null))} ${this.troubles.join(' ')}`);
    }
  }

  // Types at the prompt, key by key.
  async type(text) {
    await this.page.keyboard.type(text, { delay: 20 });
    await this.until(`the prompt to read ${text}`, (end) => window.orrery.state.prompt.endsWith(end), text);
  }

  async press(key) { await this.page.keyboard.press(key, { delay: 60 }); }

  // Types a line, runs it, waits for its end.
  async command(line) {
    await this.type(line);
    const before = (await this.state()).lines;
    await this.press('Enter');
    await this.until(`${line} to end`, (lines) => window.orrery.state.lines > lines && !window.orrery.state.busy && window.orrery.state.prompt === '', before);
  }

  async click(x, y) { await this.page.mouse.click(x, y, { delay: 60 }); }

  // Nothing moves any more.
  async rest() {
    await this.until('rest', () => !window.orrery.state.moving);
    let before = -1;
    for (let i = 0; i < 100; ++i) {
      const frames = await this.page.evaluate(() => window.orrery.drawn ?? window.orrery.frames);
      if (frames === before) return;
      before = frames;
      await this.page.waitForTimeout(300);
    }
  }

  async shot(shots, name) {
    await this.page.waitForTimeout(300);
    return this.page.screenshot({ path: `${shots}/${name}.png` });
  }
}

export function equal(actual, expected, what) {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) throw new Error(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
}

export function check(condition, what) {
  if (!condition) throw new Error(what);
}
