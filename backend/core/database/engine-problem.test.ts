import { describe, expect, it } from 'vitest'
import { explainFailure, explainNoEngine } from './engine-problem.ts'

const plenty = 10 * 1024 ** 3
const failure = { kind: 'embedded', dataDir: '/srv/data', freeBytes: plenty } as const

describe('explainFailure', () => {
  it.each([
    [
      'a lock that another process holds',
      'embedded MongoDB error: DBPathInUse: Unable to lock the lock file: /srv/data/engine/mongod.lock (Resource temporarily unavailable). Another mongod instance is already running',
      'database_in_use',
      'DATA_DIR /srv/data is in use by process 4711: stop it, or set DATA_DIR to another folder',
    ],
    [
      'a read-only file system, which the engine reports as a lock',
      'embedded MongoDB error: DBPathInUse: Unable to create/open the lock file: /srv/data/engine/mongod.lock (Read-only file system). Also make sure that another mongod instance is not already running',
      'storage_read_only',
      'DATA_DIR /srv/data is on a read-only file system: mount it writable, or set DATA_DIR to another folder',
    ],
    [
      'files of another user',
      "EACCES: permission denied, open '/srv/data/.writable-1'",
      'storage_read_only',
      'DATA_DIR /srv/data cannot be written by this user: give it to the user that runs the server, or set DATA_DIR to another folder',
    ],
    [
      'a path below a file',
      "ENOTDIR: not a directory, mkdir '/srv/data'",
      'database_unavailable',
      'DATA_DIR /srv/data is not a folder: set DATA_DIR to a folder',
    ],
    [
      'anything else, on one line',
      'WiredTiger error\n  cannot be\tread',
      'database_unavailable',
      'the database in /srv/data could not be opened (embedded: WiredTiger error cannot be read): restore an export into a new DATA_DIR, or set MONGODB_URI',
    ],
  ])('explains %s', (_, detail, code, message) => {
    expect(explainFailure({ ...failure, detail, holderPid: 4711 })).toMatchObject({ code, message })
  })

  it('knows a full disk by the room that is left, since the engine ends without a word', () => {
    const error = explainFailure({
      ...failure,
      detail: 'ended with SIGABRT',
      freeBytes: 3 * 1024 * 1024,
    })

    expect(error).toMatchObject({
      code: 'storage_full',
      message:
        'the disk of DATA_DIR /srv/data is full (3 MB free): free at least 32 MB and start again; what was acknowledged is kept',
    })
  })

  it('says so when it is not known who holds the lock', () => {
    expect(explainFailure({ ...failure, detail: 'DBPathInUse' }).message).toContain(
      'is in use by another process',
    )
  })
})

describe('explainNoEngine', () => {
  it('lists what was tried and says what to set', () => {
    const reasons = new Map([
      ['embedded', 'no package for this platform'],
      ['mongod', 'spawn mongod ENOENT'],
    ] as const)

    expect(explainNoEngine(reasons).message).toBe(
      'no database runs on this machine (embedded: no package for this platform; mongod: spawn mongod ENOENT): set MONGODB_URI, for example MONGODB_URI=mongodb://127.0.0.1:27017/edpsych',
    )
  })
})
