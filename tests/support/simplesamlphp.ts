import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from './live-server.ts'
import { makeSamlKey, type SamlKey } from './saml-idp.ts'

const root = '/usr/share/simplesamlphp'

/** Whether Debian's package is here, with a PHP to run it. */
export function hasSimpleSamlPhp(): boolean {
  return existsSync(join(root, 'www', 'index.php')) && existsSync('/usr/bin/php')
}

export interface SimpleSamlPhp {
  readonly metadataUrl: string
  /** Tells it of a service, by the service's own metadata in its terms. */
  trust(service: {
    readonly entityId: string
    readonly acs: string
    readonly signOut: string
  }): void
  /** Another key and certificate, as at a roll-over. */
  rollOver(): void
  stop(): Promise<void>
}

export interface SamlUser {
  readonly password: string
  readonly attributes: Readonly<Record<string, readonly string[]>>
}

/** A real identity provider (SimpleSAMLphp of Debian) on loopback, with a folder and a process of its own. */
export async function startSimpleSamlPhp(
  users: Readonly<Record<string, SamlUser>>,
): Promise<SimpleSamlPhp> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'edpsych-idp-'))
  const origin = `http://127.0.0.1:${port}`
  for (const name of ['metadata', 'cert', 'log', 'data', 'tmp', 'sessions']) {
    mkdirSync(join(folder, name))
  }
  writeFileSync(join(folder, 'config.php'), config(folder, origin))
  writeFileSync(join(folder, 'authsources.php'), authSources(users))
  writeFileSync(join(folder, 'metadata', 'saml20-idp-hosted.php'), hosted)
  writeFileSync(join(folder, 'metadata', 'saml20-sp-remote.php'), '<?php\n')
  writeKey(folder, makeSamlKey('idp'))

  const child = spawn(
    '/usr/bin/php',
    ['-d', `session.save_path=${join(folder, 'sessions')}`, '-d', 'opcache.enable=0'].concat([
      '-S',
      `127.0.0.1:${port}`,
      '-t',
      join(root, 'www'),
    ]),
    {
      env: {
        PATH: process.env['PATH'],
        SIMPLESAMLPHP_CONFIG_DIR: folder,
        PHP_CLI_SERVER_WORKERS: '4',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
      // Its workers are children of it: they end with the group.
      detached: true,
    },
  )
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const metadataUrl = `${origin}/saml2/idp/metadata.php`
  await waitFor(metadataUrl, child, () => output)
  return {
    metadataUrl,
    trust(service) {
      writeFileSync(join(folder, 'metadata', 'saml20-sp-remote.php'), remote(service))
    },
    rollOver() {
      writeKey(folder, makeSamlKey('idp-2'))
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function writeKey(folder: string, { privateKey, certificate }: SamlKey): void {
  writeFileSync(join(folder, 'cert', 'idp.pem'), privateKey)
  writeFileSync(join(folder, 'cert', 'idp.crt'), certificate)
}

async function waitFor(url: string, child: ChildProcess, output: () => string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (child.exitCode !== null) break
    const answer = await fetch(url).catch(() => null)
    if (answer?.ok && (await answer.text()).includes('IDPSSODescriptor')) return
    await wait(100)
  }
  throw new Error(`SimpleSAMLphp did not start: ${output().slice(-2000)}`)
}

const config = (folder: string, origin: string) => `<?php
$config = [
    'baseurlpath' => '${origin}/',
    'certdir' => '${folder}/cert/',
    'loggingdir' => '${folder}/log/',
    'datadir' => '${folder}/data/',
    'tempdir' => '${folder}/tmp/',
    'metadatadir' => '${folder}/metadata/',
    'attributenamemapdir' => '${root}/attributemap/',
    'secretsalt' => 'only for a test on loopback',
    'auth.adminpassword' => 'only for a test on loopback',
    'technicalcontact_email' => 'nobody@test.example',
    'timezone' => 'UTC',
    'logging.handler' => 'file',
    'logging.level' => SimpleSAML\\Logger::DEBUG,
    'enable.saml20-idp' => true,
    'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
    'session.cookie.name' => 'SimpleSAMLSessionID',
    'session.cookie.path' => '/',
    'session.cookie.secure' => false,
    // On plain http, None would need Secure and get lost.
    'session.cookie.samesite' => 'Lax',
    'session.phpsession.cookiename' => 'SimpleSAML',
    'session.phpsession.savepath' => '${folder}/sessions',
    'session.phpsession.httponly' => true,
    'session.authtoken.cookiename' => 'SimpleSAMLAuthToken',
    'store.type' => 'phpsession',
    'language.default' => 'en',
    'metadata.sources' => [['type' => 'flatfile']],
    'production' => true,
];
`

const hosted = `<?php
$metadata['__DYNAMIC:1__'] = [
    'host' => '__DEFAULT__',
    'privatekey' => 'idp.pem',
    'certificate' => 'idp.crt',
    'auth' => 'people',
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'saml20.sign.response' => true,
    'saml20.sign.assertion' => true,
    'sign.logout' => true,
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    'authproc' => [
        1 => [
            'class' => 'saml:AttributeNameID',
            'attribute' => 'uid',
            'Format' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
        ],
    ],
];
`

function authSources(users: Readonly<Record<string, SamlUser>>): string {
  const lines = Object.entries(users).map(([name, { password, attributes }]) => {
    const values = Object.entries({ uid: [name], ...attributes }).map(
      ([attribute, given]) => `'${attribute}' => ['${given.join("', '")}']`,
    )
    return `        '${name}:${password}' => [${values.join(', ')}],`
  })
  return `<?php
$config = [
    'people' => [
        'exampleauth:UserPass',
${lines.join('\n')}
    ],
];
`
}

function remote({
  entityId,
  acs,
  signOut,
}: {
  readonly entityId: string
  readonly acs: string
  readonly signOut: string
}): string {
  return `<?php
$metadata['${entityId}'] = [
    'AssertionConsumerService' => '${acs}',
    'SingleLogoutService' => '${signOut}',
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    'simplesaml.nameidattribute' => 'uid',
    'validate.logout' => false,
];
`
}
