import { AuditCheckpointModel, AuditEntryModel, AuditKeyModel } from './core/audit/index.ts'
import { ensureIndexes } from './core/database/ensure-indexes.ts'
import { migrate } from './core/database/migrations.ts'
import { EventModel } from './core/events/index.ts'
import { IdempotencyModel } from './core/idempotency/index.ts'
import { JobModel, LaneModel } from './core/jobs/index.ts'
import { RateBucketModel, RatePolicyModel } from './core/limits/index.ts'
import type { Logger } from './core/logging.ts'
import { DataKeyModel } from './core/secrets/index.ts'
import { migrations } from './migrations.ts'
import type { Services } from './services.ts'

const coreModels = [
  AuditCheckpointModel,
  AuditEntryModel,
  AuditKeyModel,
  DataKeyModel,
  EventModel,
  IdempotencyModel,
  JobModel,
  LaneModel,
  RateBucketModel,
  RatePolicyModel,
]

/** Every model whose indexes and expiry this process looks after. */
export function modelsOf(services: Services) {
  return [
    ...coreModels,
    ...services.publicStatus.models,
    ...services.modules.flatMap((module) => module.models ?? []),
  ]
}

/** Makes missing indexes and runs migrations; nothing that an import could collide with. */
export async function prepareStructure(services: Services, log: Logger): Promise<void> {
  await ensureIndexes(modelsOf(services))
  await migrate(migrations, { log })
}

/** Brings indexes, stored data and keys up to date: before serving, and before the CLI works on an engine of its own. */
export async function prepareDatabase(services: Services, log: Logger): Promise<void> {
  await prepareStructure(services, log)
  await services.secrets.check()
  await services.lti.ensureKeys()
  await services.oauth.ensureKeys()
}
