import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser } from './scenarios/browser.js';
import { Front } from './scenarios/front.js';
import { GatewayProcess } from './scenarios/gateway-process.js';
import { Node } from './scenarios/node.js';
import { inBrowsers, scenarios } from './scenarios/scenarios.js';
import { World } from './scenarios/world.js';

const limit = { timeout: 240_000 };
const gateway = new GatewayProcess();
const runtimes = {
  Chromium: { start: (front) => Browser.start('chrome', '/usr/bin/chromium', front), scenarios: { ...scenarios, ...inBrowsers } },
  Firefox: { start: (front) => Browser.start('firefox', '/usr/bin/firefox-esr', front), scenarios: { ...scenarios, ...inBrowsers } },
  Node: { start: (front) => Node.start(front), scenarios },
};
const results = new Map();
const versions = [];

/** The runtimes at the same time, since they mostly wait; in each of them one scenario after the other. */
describe('events-gateway.js and the gateway', { concurrency: 3 }, () => {
  before(() => gateway.start(), limit);
  after(async () => {
    await gateway.close();
    print();
  });

  for (const [name, { start, scenarios: own }] of Object.entries(runtimes)) {
    describe(`in ${name}`, { concurrency: 1 }, () => {
      const front = new Front(gateway);
      let runtime;

      before(async () => {
        await front.listen();
        runtime = await start(front);
        versions.push(runtime.version);
      }, limit);
      after(async () => {
        await runtime?.close();
        front.close();
      });

      Object.entries(own).forEach(([scenario, happens], n) => test(scenario, limit, async () => {
        const begin = performance.now();
        front.asked = 0;
        const world = new World({ gateway, front, runtime }, `${name.toLowerCase()}-${n}`);
        try {
          await happens(world, runtime);
          await world.haveAll();
          await world.until('one connection is left', () => front.open <= 1);

          const { lost, twice, wrong } = await world.judge();
          note(scenario, name, `${lost}, ${twice}, ${((performance.now() - begin) / 1000).toFixed(0)} s`);
          assert.deepEqual({ lost, twice, wrong }, { lost: 0, twice: 0, wrong: 0 });
        } finally {
          await runtime.closeTabs();
        }
      }));
    });
  }
});

function note(scenario, name, figures) {
  results.set(scenario, { ...results.get(scenario), [name]: figures });
}

/** Prints the table of docs/clients.md. */
function print() {
  const names = Object.keys(runtimes);
  console.log(`\nlost, twice, seconds; ${versions.sort().join(', ')}\n`);
  console.log(`| what happens | ${names.join(' | ')} |\n|---|${'---|'.repeat(names.length)}`);
  results.forEach((row, scenario) => console.log(`| ${scenario} | ${names.map((name) => row[name] ?? '–').join(' | ')} |`));
}
