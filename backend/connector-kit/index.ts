export { type Allowance, createAllowance } from './allowance.ts'
export { ConnectorError, type ConnectorErrorCode } from './connector-error.ts'
export { coursesOfCursor, cursorOfCourses } from './course-cursor.ts'
export { goneNow, type MemberPage, type ReadMembers, walkCourses } from './course-walk.ts'
export type {
  AccessToken,
  Capabilities,
  ClassworkPerson,
  ClassworkPlace,
  ClassworkPresence,
  ClassworkPurpose,
  Connector,
  ConnectorBase,
  ConnectorClasswork,
  ConnectorContext,
  ConnectorHttp,
  ConnectorKind,
  ConnectorOAuth,
  ConnectorPage,
  ConnectorRequest,
  HealthDetail,
  OAuthTokens,
  PlacedWork,
  VendorAnswer,
} from './definition.ts'
export { defineConnector } from './definition.ts'
export { describeForm } from './describe-form.ts'
export { createGate, type Gate, type GateAct } from './gate.ts'
export { createConnectorHttp, type HttpExchange, type TokenSource } from './http.ts'
export { type ReadRows, readRows } from './read-rows.ts'
export type {
  AcademicSessionRecord,
  AssessmentPackage,
  AssignmentDates,
  AssignmentExceptionRecord,
  AssignmentRecord,
  ClassGroupRecord,
  ClassRecord,
  ContentItem,
  EnrollmentRecord,
  GradeResult,
  OrgRecord,
  RefusedRecord,
  RosterKind,
  RosterPage,
  SourceChangeKind,
  SourcedRecord,
  UserRecord,
  WebhookNotice,
} from './records.ts'
export { sameSecret } from './same-secret.ts'
export { assertSentRecently } from './sent-recently.ts'
export { createTokenCache, refreshAtOf, type TokenCache } from './token-cache.ts'
export { verifySigned } from './verify-signed.ts'
