/** What the tests use of ltijs; the published types are of an older version. */
declare module 'ltijs' {
  import type { Express, NextFunction, Request, Response } from 'express'

  interface IdToken {
    readonly user: string
    readonly userInfo: { readonly name?: string; readonly email?: string }
    readonly platformContext: {
      readonly roles: readonly string[]
      readonly context: { readonly id: string }
      readonly custom?: Readonly<Record<string, string>>
      readonly endpoint?: { readonly lineitem?: string }
    }
  }

  type Callback = (token: IdToken, req: Request, res: Response, next: NextFunction) => unknown

  const Provider: {
    readonly app: Express
    readonly Database: { readonly db: { dropDatabase(): Promise<void> } }
    readonly DeepLinking: {
      createDeepLinkingForm(token: IdToken, items: unknown, options: object): Promise<string>
    }
    readonly Grade: {
      submitScore(token: IdToken, lineItem: string, score: object): Promise<unknown>
      getScores(token: IdToken, lineItem: string): Promise<{ scores: unknown }>
    }
    readonly NamesAndRoles: { getMembers(token: IdToken): Promise<{ members: unknown[] }> }
    setup(key: string, database: { url: string }, options: object): void
    deploy(options: { serverless: true; silent: true }): Promise<true>
    close(options: { silent: true }): Promise<true>
    registerPlatform(platform: object): Promise<unknown>
    onConnect(callback: Callback): void
    onDeepLinking(callback: Callback): void
    onInvalidToken(callback: (req: Request, res: Response) => unknown): void
  }
}
