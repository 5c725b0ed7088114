import type { Lms } from '../lms.ts'
import type { LineItem } from '../state.ts'

// Moodle's line item URLs carry ?type_id=N, so a tool must put /scores before the query.

export function lineItemsUrl(lms: Lms, courseId: string, toolId: string): string {
  return `${lms.baseUrl}/lti/services/${courseId}/lineitems?type_id=${toolId}`
}

export function lineItemUrl(lms: Lms, { courseId, id, toolId }: LineItem): string {
  return `${lms.baseUrl}/lti/services/${courseId}/lineitems/${id}/lineitem?type_id=${toolId}`
}

export function resultUrl(lms: Lms, { courseId, id, toolId }: LineItem, userId: string): string {
  return `${lms.baseUrl}/lti/services/${courseId}/lineitems/${id}/lineitem/results/${userId}?type_id=${toolId}`
}

export function membershipsUrl(lms: Lms, courseId: string): string {
  return `${lms.baseUrl}/lti/services/${courseId}/memberships`
}
