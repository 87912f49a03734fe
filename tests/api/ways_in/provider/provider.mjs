// A certified OpenID provider on loopback. It tells its address on standard output, takes orders as
// lines of standard input ("rotate"), and ends when that does.
import { createServer } from 'node:http';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

console.info = console.error; // standard output is for answers alone
const { port, people, clients, idTokenSeconds } = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}

const kept = new Map();

class Shared {
  constructor(model) {
    this.key = (id) => `${model}:${id}`;
  }

  async upsert(id, payload) {
    kept.set(this.key(id), payload);
  }

  async find(id) {
    return kept.get(this.key(id));
  }

  async findByUid(uid) {
    return [...kept.values()].find((each) => each.uid === uid && each.kind === 'Session');
  }

  async consume(id) {
    kept.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    kept.delete(this.key(id));
  }

  async revokeByGrantId(grantId) {
    for (const [key, each] of kept) if (each.grantId === grantId) kept.delete(key);
  }
}

// What is in flight lies in a store that all of them share, so a new one with a new key goes on
// where the old one stopped: that is how a provider rotates.
function aProvider() {
  return new Provider(issuer, {
    adapter: Shared,
    clients,
    jwks: { keys: [newKey()] },
    cookies: { keys: ['a key of cookies for tests only'] },
    claims: { openid: ['sub', 'realm_access', 'groups', 'userid', 'main_department', 'department'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    ttl: { IdToken: idTokenSeconds },
    features: { backchannelLogout: { enabled: true } },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  });
}

let answer = aProvider().callback();
createServer((request, response) => answer(request, response)).listen(port, '127.0.0.1', () => {
  process.stdout.write(`${issuer}\n`);
});

createInterface({ input: process.stdin })
  .on('line', (order) => {
    if (order === 'rotate') {
      answer = aProvider().callback();
      process.stdout.write('rotated\n');
    }
  })
  .on('close', () => process.exit(0));
