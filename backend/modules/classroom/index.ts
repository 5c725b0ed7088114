import { defineModule, type Module } from '../../core/module.ts'
import type { Secrets } from '../../core/secrets/index.ts'
import type { ConnectionsAccess } from '../connections/index.ts'
import type { Elsewhere } from '../lti/index.ts'
import { createGradebook } from './gradebook.ts'
import type { VisitDeps } from './open-visit.ts'
import { createPeople } from './people.ts'
import { PersonModel } from './person-store.ts'
import { createPlace } from './place.ts'
import { createClassroomRouter } from './router.ts'
import { SubmissionModel, WorkModel } from './work-store.ts'

interface ClassroomDeps {
  readonly connections: Pick<ConnectionsAccess, 'findWorking' | 'openAs'>
  readonly secrets: Pick<Secrets, 'encrypt' | 'decrypt' | 'tokenSealer'>
  readonly openVisit: VisitDeps['openVisit']
  readonly publicUrl: string
  readonly now: () => Date
}

export interface ClassroomModule extends Module<Record<never, never>> {
  /** What the module of launches asks for choices and grades of visits from here. */
  readonly elsewhere: Elsewhere
}

/** Google Classroom's own ways in: frames of the add-on, links of tasks that we published, and points for both. */
export function createClassroomModule(deps: ClassroomDeps): ClassroomModule {
  const people = createPeople(deps)
  const module = defineModule({
    name: 'classroom',
    contract: {},
    models: [WorkModel, SubmissionModel, PersonModel],
    router: createClassroomRouter({
      ...deps,
      people,
      sealer: deps.secrets.tokenSealer('classroom.sign-in'),
    }),
    handlers: {},
  })
  const place = createPlace({ people, publicUrl: deps.publicUrl, now: deps.now })
  return { ...module, elsewhere: { place, ...createGradebook({ people }) } }
}
