// What programs written with @kubernetes/client-node do. Each case makes what it needs under names of its own.
// Run by tests/clients/run, which starts the server: KUBECONFIG names it. Arguments choose cases whose names hold them.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import * as k8s from '@kubernetes/client-node';

const config = new k8s.KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(k8s.CoreV1Api);
const apps = config.makeApiClient(k8s.AppsV1Api);
const namespace = 'default';
const kWaitMs = 45000;

async function until(what, test) {
  const end = Date.now() + kWaitMs;
  for (;;) {
    const value = await test();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

class Collected extends Writable {
  text = '';
  _write(chunk, encoding, done) {
    this.text += chunk;
    done();
  }
}

const configMap = (name, data, labels) => ({ metadata: { name, labels }, data });
const pod = (name, image, command) => ({
  metadata: { name, labels: { app: name } },
  spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image, command }] },
});
async function running(name, image = 'nginx', command = undefined, more = {}) {
  const body = pod(name, image, command);
  Object.assign(body.spec.containers[0], more);
  await core.createNamespacedPod({ namespace, body });
  await until(`${name} is ready`, async () => {
    const now = await core.readNamespacedPod({ namespace, name });
    return now.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True');
  });
}

const cases = {
  async 'objects are created, read, replaced and deleted'() {
    const made = await core.createNamespacedConfigMap({ namespace, body: configMap('crud', { a: '1' }) });
    assert.equal(made.data.a, '1');
    made.data.a = '2';
    const replaced = await core.replaceNamespacedConfigMap({ namespace, name: 'crud', body: made });
    assert.notEqual(replaced.metadata.resourceVersion, made.metadata.resourceVersion);
    await assert.rejects(core.replaceNamespacedConfigMap({ namespace, name: 'crud', body: made }), (error) => {
      assert.equal(error.code, 409);
      assert.match(error.body, /the object has been modified; please apply your changes to the latest version and try again/);
      return true;
    });
    await core.deleteNamespacedConfigMap({ namespace, name: 'crud' });
    await assert.rejects(core.readNamespacedConfigMap({ namespace, name: 'crud' }), (error) => error.code === 404);
  },

  async 'every kind of patch'() {
    await core.createNamespacedConfigMap({ namespace, body: configMap('patched', { a: '1', b: '2' }) });
    const patch = (body, strategy) => core.patchNamespacedConfigMap({ namespace, name: 'patched', body, fieldManager: 'client', force: strategy === k8s.PatchStrategy.ServerSideApply || undefined },
      k8s.setHeaderOptions('Content-Type', strategy));
    assert.deepEqual((await patch([{ op: 'replace', path: '/data/a', value: '3' }], k8s.PatchStrategy.JsonPatch)).data, { a: '3', b: '2' });
    assert.deepEqual((await patch({ data: { b: null } }, k8s.PatchStrategy.MergePatch)).data, { a: '3' });
    assert.deepEqual((await patch({ data: { c: '4' } }, k8s.PatchStrategy.StrategicMergePatch)).data, { a: '3', c: '4' });
    const applied = await patch({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'patched' }, data: { d: '5' } }, k8s.PatchStrategy.ServerSideApply);
    assert.equal(applied.data.d, '5');
    assert.ok(applied.metadata.managedFields.some((m) => m.manager === 'client' && m.operation === 'Apply'));
  },

  async 'an informer hears of everything once, and goes on after its watch was cut'() {
    const heard = [];
    const informer = k8s.makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`,
      () => core.listNamespacedConfigMap({ namespace, labelSelector: 'informed=yes' }), 'informed=yes');
    for (const event of ['add', 'update', 'delete']) informer.on(event, (o) => heard.push(`${event} ${o.metadata.name}`));
    informer.on('error', () => setTimeout(() => informer.start(), 100));
    await core.createNamespacedConfigMap({ namespace, body: configMap('before', {}, { informed: 'yes' }) });
    await informer.start();
    await core.createNamespacedConfigMap({ namespace, body: configMap('during', {}, { informed: 'yes' }) });
    await core.createNamespacedConfigMap({ namespace, body: configMap('other', {}) });
    await core.patchNamespacedConfigMap({ namespace, name: 'during', body: { data: { x: '1' } } }, k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.MergePatch));
    await core.deleteNamespacedConfigMap({ namespace, name: 'before' });
    await until('the informer heard', () => heard.length >= 4);
    assert.deepEqual(heard, ['add before', 'add during', 'update during', 'delete before']);
    assert.deepEqual(informer.list(namespace).map((o) => o.metadata.name), ['during']);
    await informer.stop();
  },

  async 'a list is read page by page'() {
    for (let i = 0; i < 7; ++i) await core.createNamespacedConfigMap({ namespace, body: configMap(`page-${i}`, {}, { paged: 'yes' }) });
    const names = [];
    let token;
    do {
      const page = await core.listNamespacedConfigMap({ namespace, labelSelector: 'paged=yes', limit: 3, _continue: token });
      assert.ok(page.items.length <= 3);
      names.push(...page.items.map((o) => o.metadata.name));
      token = page.metadata._continue;
      if (names.length === 3) await core.createNamespacedConfigMap({ namespace, body: configMap('page-later', {}, { paged: 'yes' }) });
    } while (token);
    assert.deepEqual(names, [0, 1, 2, 3, 4, 5, 6].map((i) => `page-${i}`));
  },

  async 'a watch from a revision that is too old is told so'() {
    const seen = await new Promise((resolve, reject) => {
      new k8s.Watch(config).watch(`/api/v1/namespaces/${namespace}/configmaps`, { resourceVersion: '1', timeoutSeconds: 2 },
        (type, object) => resolve(`${type} ${object.reason ?? object.kind}`), (error) => (error ? resolve(String(error)) : reject(new Error('nothing came'))));
    });
    assert.match(seen, /ADDED|Gone|410|Expired/);
  },

  async 'a deployment rolls out and is scaled'() {
    const labels = { app: 'rolled' };
    await apps.createNamespacedDeployment({ namespace, body: { metadata: { name: 'rolled' }, spec: { replicas: 2, selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } } } } });
    await until('two are available', async () => (await apps.readNamespacedDeploymentStatus({ namespace, name: 'rolled' })).status.availableReplicas === 2);
    const scale = await apps.readNamespacedDeploymentScale({ namespace, name: 'rolled' });
    scale.spec.replicas = 1;
    await apps.replaceNamespacedDeploymentScale({ namespace, name: 'rolled', body: scale });
    await until('one is left', async () => (await core.listNamespacedPod({ namespace, labelSelector: 'app=rolled' })).items.length === 1);
  },

  async 'exec: output, errors, input and the exit code'() {
    await running('shell', 'busybox', ['sleep', '1000']);
    const run = (command, stdin) => new Promise((resolve, reject) => {
      const out = new Collected(), err = new Collected();
      new k8s.Exec(config).exec(namespace, 'shell', 'main', command, out, err, stdin, false,
        (status) => resolve({ out: out.text, err: err.text, status })).catch(reject);
    });
    const plain = await run(['sh', '-c', 'echo hello; echo trouble >&2'], null);
    assert.equal(plain.out, 'hello\n');
    assert.equal(plain.err, 'trouble\n');
    assert.equal(plain.status.status, 'Success');
    const failed = await run(['sh', '-c', 'exit 3'], null);
    assert.equal(failed.status.status, 'Failure');
    assert.equal(failed.status.reason, 'NonZeroExitCode');
    assert.deepEqual(failed.status.details.causes, [{ reason: 'ExitCode', message: '3' }]);
  },

  // Only into the pod: the client's cpFromPod (1.4.0) asks for gzip and hands it to a reader of plain tar, on any cluster.
  async 'cp brings a folder into a container'() {
    await running('boxed', 'busybox', ['sleep', '1000']);
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'orrery-cp-'));
    await fs.writeFile(path.join(folder, 'note.txt'), 'carried over\n');
    await new k8s.Cp(config).cpToPod(namespace, 'boxed', 'main', folder, '/tmp');
    await until('the file is there', async () => {
      const out = new Collected();
      await new Promise((resolve) => new k8s.Exec(config).exec(namespace, 'boxed', 'main', ['cat', '/tmp/note.txt'], out, new Collected(), null, false, resolve));
      return out.text === 'carried over\n';
    });
    await fs.rm(folder, { recursive: true });
  },

  async 'custom resources through the generic client'() {
    const extensions = config.makeApiClient(k8s.ApiextensionsV1Api), custom = config.makeApiClient(k8s.CustomObjectsApi);
    const group = 'clients.example.com', version = 'v1', plural = 'things';
    await extensions.createCustomResourceDefinition({ body: {
      metadata: { name: `${plural}.${group}` },
      spec: { group, scope: 'Namespaced', names: { plural, kind: 'Thing' }, versions: [{ name: version, served: true, storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: {
          size: { type: 'integer', maximum: 5, _default: 1 } } } } } } }] } } });
    await until('the kind is served', async () => {
      const { status } = await extensions.readCustomResourceDefinition({ name: `${plural}.${group}` });
      return status.conditions?.some((c) => c.type === 'Established' && c.status === 'True');
    });
    const heard = [];
    const informer = k8s.makeInformer(config, `/apis/${group}/${version}/namespaces/${namespace}/${plural}`,
      () => custom.listNamespacedCustomObject({ group, version, namespace, plural }));
    informer.on('add', (object) => heard.push(`add ${object.metadata.name} ${object.spec.size}`));
    informer.on('update', (object) => heard.push(`update ${object.metadata.name} ${object.spec.size}`));
    await informer.start();
    const body = { apiVersion: `${group}/${version}`, kind: 'Thing', metadata: { name: 'one' }, spec: {} };
    await custom.createNamespacedCustomObject({ group, version, namespace, plural, body });
    await custom.patchNamespacedCustomObject({ group, version, namespace, plural, name: 'one', body: [{ op: 'replace', path: '/spec/size', value: 3 }] });
    await until('the informer heard of both', () => heard.join() === 'add one 1,update one 3');
    await assert.rejects(custom.createNamespacedCustomObject({ group, version, namespace, plural,
      body: { ...body, metadata: { name: 'big' }, spec: { size: 9 } } }), (error) => error.code === 422);
    await informer.stop();
    await extensions.deleteCustomResourceDefinition({ name: `${plural}.${group}` });
  },

  async 'attach and logs show what a container prints'() {
    await running('ticker', 'busybox', ['sh', '-c', 'while true; do echo tick; sleep 1; done']);
    const seen = new Collected();
    const socket = await new k8s.Attach(config).attach(namespace, 'ticker', 'main', seen, process.stderr, null, false);
    await until('a tick is seen', () => seen.text.includes('tick'));
    socket.close();
    const followed = new PassThrough();
    let log = '';
    followed.on('data', (chunk) => { log += chunk; });
    const abort = await new k8s.Log(config).log(namespace, 'ticker', 'main', followed, { follow: true, tailLines: 2 });
    await until('three lines came', () => log.split('\n').length > 3);
    abort.abort();
    assert.match(log, /^(tick\n)+$/);
    const last = await core.readNamespacedPodLog({ namespace, name: 'ticker', tailLines: 1 });
    assert.equal(last, 'tick\n');
  },

  async 'a port is forwarded'() {
    await running('served', 'nginx', undefined, { readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 } });
    const forward = new k8s.PortForward(config);
    const server = net.createServer((socket) => { forward.portForward(namespace, 'served', [80], socket, null, socket); });
    await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
    try {
      const answer = await fetch(`http://127.0.0.1:${server.address().port}/`, { signal: AbortSignal.timeout(8000) });
      assert.equal(answer.status, 200);
      assert.match(await answer.text(), /Welcome to nginx/);
    } finally {
      server.close();
    }
  },

  async 'metrics of nodes and pods'() {  // after two readings, fifteen seconds apart
    const metrics = new k8s.Metrics(config);
    const nodes = await until('nodes are measured', async () => {
      const list = (await metrics.getNodeMetrics()).items;
      return list.length === 2 && list;
    });
    assert.match(nodes[0].usage.memory, /^\d+Ki$|^\d+Mi$/);
    assert.ok((await metrics.getPodMetrics(namespace)).items.every((p) => p.containers.length > 0));
  },
};

let passed = 0, failed = 0;
const chosen = process.argv.slice(2);
for (const [name, run] of Object.entries(cases)) {
  if (chosen.length && !chosen.some((part) => name.includes(part))) continue;
  try {
    await run();
    ++passed;
    console.log(`passed  ${name}`);
  } catch (error) {
    ++failed;
    console.log(`FAILED  ${name}\n${error?.stack ?? JSON.stringify(error)}`);
  }
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed ? 1 : 0);
