import type { FieldError } from '../../errors.ts'
import type { Content } from '../content/content.ts'
import type { ResponseDeclaration } from '../declarations.ts'
import type { DeliveryContent } from '../delivery.ts'
import type { Scalar, Value } from '../values.ts'
import type { XmlElement } from '../xml.ts'

/** Makes the name of a choice that one attempt's learner sees; the same input, the same name. */
export type ChoiceId = (responseIdentifier: string, identifier: string) => string

/** A repeatable order of `count` things for one interaction of one attempt. */
export type Order = (responseIdentifier: string, count: number) => readonly number[]

/** What the contract lets a learner send for one response. */
export type SubmittedValues = readonly (string | number | boolean)[]

export interface ReadContext {
  readonly declaration: ResponseDeclaration
  readonly note: (text: string) => void
  /** Reads the markup of a prompt or choice, in which no interaction may occur. */
  readonly readContent: (element: XmlElement) => readonly Content[]
}

export interface ResolveContext {
  readonly declaration: ResponseDeclaration
  readonly choiceId: ChoiceId
  /** Reports what is wrong with the value at an index, or with the response as a whole. */
  readonly problem: (index: number | null, code: string, detail: string) => void
}

export interface DeliverContext {
  readonly declaration: ResponseDeclaration
  readonly choiceId: ChoiceId
  readonly order: Order
  readonly deliverContent: (content: readonly Content[]) => readonly DeliveryContent[]
}

/** Which responses a learner can give: for the best score that a mapping allows. */
export interface Attainable {
  /** `any` for free text, of which the map's own keys are the ones that count. */
  readonly values: readonly Scalar[] | 'any'
  readonly atLeast: number
  readonly atMost: number
}

/** Everything QTI defines for one kind of interaction; each kind is one file in this folder. */
export interface InteractionDefinition<Model, Delivery> {
  /** The element's name in QTI 3. */
  readonly element: string
  readonly read: (element: XmlElement, context: ReadContext) => Model
  readonly resolve: (model: Model, submitted: SubmittedValues, context: ResolveContext) => Value
  readonly deliver: (model: Model, context: DeliverContext) => Delivery
  readonly attainable: (model: Model) => Attainable
}

export type ResponseProblem = FieldError
