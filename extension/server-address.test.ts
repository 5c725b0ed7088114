import { describe, expect, it } from 'vitest'
import { permissionPattern, readServerAddress } from './server-address.ts'

describe('readServerAddress', () => {
  it.each([
    ['http://localhost:3000', 'http://localhost:3000'],
    [' http://localhost:3000/admin ', 'http://localhost:3000'],
    ['localhost:3000', 'http://localhost:3000'],
    ['127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['https://connect.example.sch.uk', 'https://connect.example.sch.uk'],
    ['connect.example.sch.uk', 'https://connect.example.sch.uk'],
    ['HTTPS://Connect.Example.sch.uk:8443/x?y', 'https://connect.example.sch.uk:8443'],
  ])('reads %j as %s', (typed, origin) => {
    expect(readServerAddress(typed)).toBe(origin)
  })

  it.each([
    '',
    '   ',
    'not an address',
    'http://connect.example.sch.uk',
    'ftp://connect.example.sch.uk',
    'https://teacher:secret@connect.example.sch.uk',
    'javascript://localhost/%0aalert(1)',
    'https://',
  ])('refuses %j', (typed) => {
    expect(readServerAddress(typed)).toBeUndefined()
  })
})

describe('permissionPattern', () => {
  it('asks for one host, without the port that Firefox does not know', () => {
    expect(permissionPattern('http://localhost:3000')).toBe('http://localhost/*')
    expect(permissionPattern('https://connect.example.sch.uk')).toBe(
      'https://connect.example.sch.uk/*',
    )
  })
})
