import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Loader } from '../../../dashboard/js/loader.js';

/** A server whose answers are given by hand, in whatever order. */
function server() {
  const asked = [];
  const ask = (path, { signal, fresh }) =>
    new Promise((answer, fail) => {
      asked.push({ path, fresh, answer, fail });
      signal.addEventListener('abort', () => fail(signal.reason));
    });
  return { asked, ask };
}

const summary = (path, readsEvents = false) => ({ summary: { path, readsEvents } });

test('a slow answer never overwrites a newer one', async () => {
  const { asked, ask } = server();
  const loader = new Loader(ask);
  const first = loader.load(summary('/a'), 'view');
  const second = loader.load(summary('/b'), 'view');
  asked[1].answer('new');
  asked[0].answer('old');
  await Promise.all([first, second]);
  assert.equal(loader.result('summary').data, 'new');
  assert.equal(loader.isLoading, false);
});

test('a failure keeps what was there for the same view, and nothing of another', async () => {
  const { asked, ask } = server();
  const loader = new Loader(ask);
  const failures = [];
  loader.addEventListener('loaded', ({ detail }) => failures.push(detail.failures.length));
  const load = async (path, by, settle) => {
    const done = loader.load(summary(path), by);
    settle(asked.at(-1));
    await done;
  };
  await load('/a', 'view', (it) => it.answer('kept'));
  await load('/a', 'timer', (it) => it.fail(new Error('gone')));
  assert.equal(loader.result('summary').data, 'kept');
  assert.equal(loader.result('summary').failure.message, 'gone');
  await load('/b', 'view', (it) => it.fail(new Error('gone')));
  assert.equal(loader.result('summary').data, undefined);
  await load('/b', 'timer', (it) => it.answer('back'));
  assert.equal(loader.result('summary').failure, undefined);
  assert.deepEqual(failures, [0, 1, 1, 0]);
});

test('who asks decides what is asked for', async () => {
  const asked = [];
  const loader = new Loader(async (path, { fresh }) => asked.push(`${path}${fresh ? ' fresh' : ''}`));
  const wanted = { rollups: { path: '/rollups', readsEvents: false }, events: { path: '/events', readsEvents: true } };
  const load = async (by) => {
    asked.length = 0;
    await loader.load(wanted, by);
    return [...asked];
  };
  assert.deepEqual(await load('timer'), ['/rollups', '/events']);
  assert.deepEqual(await load('timer'), ['/rollups']);
  assert.deepEqual(await load('view'), []);
  assert.deepEqual(await load('reader'), ['/rollups fresh', '/events fresh']);
});
