import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { measureApi } from './api.ts'

const dataDir = mkdtempSync('/tmp/limits-bench-')
const port = 38123
const child = spawn(
  process.execPath,
  [
    '--import',
    'tsx',
    ...(process.env.PROF ? ['--cpu-prof', '--cpu-prof-dir=/tmp/limits-prof'] : []),
    'backend/server.ts',
  ],
  {
    cwd: '/work/main',
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: String(port),
      DATA_DIR: dataDir,
      NODE_ENV: 'production',
      LOG_LEVEL: 'silent',
      EDPSYCH_DEFAULT_PLAN: 'unmetered',
      EDPSYCH_ADMIN_EMAIL: 'admin@live.example',
      EDPSYCH_ADMIN_PASSWORD: 'a long test passphrase',
      EDPSYCH_DEMO: '0',
      EDPSYCH_ALLOW_PRIVATE_NETWORKS: '1',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  },
)
const live = {
  url: `http://localhost:${port}`,
  sandboxUrl: `http://127.0.0.1:${port}`,
  pid: child.pid,
} as never
for (let i = 0; i < 600; i++) {
  try {
    if ((await fetch(`http://127.0.0.1:${port}/readyz`)).ok) break
  } catch {}
  await new Promise((r) => setTimeout(r, 100))
}
const env = { ...process.env, DATA_DIR: dataDir, LOG_LEVEL: 'silent' }
const cli = (...a: string[]) =>
  JSON.parse(
    execFileSync(process.execPath, ['--import', 'tsx', 'backend/cli/main.ts', ...a, '--json'], {
      cwd: '/work/main',
      encoding: 'utf8',
      env,
    }),
  )
const { tenantId } = cli('bootstrap', '--tenant', 'bench')
const { imported } = cli(
  'items',
  'import',
  'backend/demo/sample-package/items/half-of-ninety.xml',
  '--tenant',
  'bench',
)
const { uri } = JSON.parse(readFileSync(`${dataDir}/engine.json`, 'utf8'))
try {
  await measureApi({
    live,
    mongodbUri: uri,
    tenantId,
    itemId: imported[0].id,
    add: (what: string, value: number, unit: string, target?: { text: string; met: boolean }) =>
      console.log(
        what.padEnd(60),
        value.toFixed(3),
        unit,
        target?.text ?? '',
        target ? (target.met ? 'met' : 'NOT MET') : '',
      ),
  })
} finally {
  child.kill('SIGTERM')
  await new Promise((r) => child.once('exit', r))
  rmSync(dataDir, { recursive: true, force: true })
}
