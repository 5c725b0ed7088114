import { readFileSync } from 'node:fs'
import { collectDefaultMetrics, type Metric, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createLimitFigures } from './core/limits/figures.ts'
import { createMonitoringFigures } from './modules/monitoring/figures.ts'

const Source = z.object({ type: z.literal('prometheus'), uid: z.literal('$' + '{datasource}') })
const Place = z.object({
  x: z.number().int().min(0),
  y: z.number().int().min(0),
  w: z.number().int().min(1).max(24),
  h: z.number().int().min(1),
})
const Panel = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('row'),
    id: z.number().int(),
    title: z.string().min(1),
    gridPos: Place,
  }),
  z.object({
    type: z.enum(['stat', 'timeseries']),
    id: z.number().int(),
    title: z.string().min(1),
    datasource: Source,
    gridPos: Place,
    targets: z
      .array(z.object({ refId: z.string().length(1), datasource: Source, expr: z.string().min(1) }))
      .min(1),
    fieldConfig: z.object({ defaults: z.object({ unit: z.string() }) }),
  }),
])
const Dashboard = z.object({
  uid: z.string().max(40),
  title: z.string().min(1),
  schemaVersion: z.number().int().min(36),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), type: z.enum(['datasource', 'query']) })),
  }),
  panels: z.array(Panel).min(1),
})

const file = new URL('../docs/grafana/edpsych-connect.json', import.meta.url)
const dashboard = Dashboard.parse(JSON.parse(readFileSync(file, 'utf8')))
const panels = dashboard.panels.flatMap((panel) => (panel.type === 'row' ? [] : [panel]))
const expressions = panels.flatMap(({ title, targets }) =>
  targets.map(({ expr }) => [title, expr] as const),
)

const registry = new Registry()
collectDefaultMetrics({ register: registry })
const ours = createMonitoringFigures({ countStates: async () => [] })
const figures: Metric[] = [...Object.values(createLimitFigures()), ...Object.values(ours)]
for (const figure of figures) registry.registerMetric(figure)

/** Every name under which a scrape shows something. */
function exposed(): Set<string> {
  return new Set(
    registry.getMetricsAsArray().flatMap(({ name, type }) =>
      // prom-client numbers its types; a histogram is shown as three series.
      String(type) === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  )
}

describe('the Grafana dashboard', () => {
  it('has panels of their own id that lie beside each other, not on top', () => {
    const ids = dashboard.panels.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const taken = new Set<string>()
    for (const { gridPos } of dashboard.panels) {
      const { x, y, w, h } = gridPos
      expect(x + w).toBeLessThanOrEqual(24)
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          expect(taken).not.toContain(`${column},${line}`)
          taken.add(`${column},${line}`)
        }
      }
    }
  })

  it.each(expressions)('%s asks only for metrics that there are: %s', (_title, expression) => {
    const names = expression.match(/\b(?:edpsych|process|nodejs)_\w+/g) ?? []

    expect(names.length).toBeGreaterThan(0)
    for (const name of names) expect(exposed()).toContain(name)
  })

  it.each(expressions)('%s uses labels that its metrics have', (_title, expression) => {
    for (const [, name = '', labels = ''] of expression.matchAll(/\b(edpsych_\w+)\{([^}]*)\}/g)) {
      const metric = registry.getSingleMetric(name.replace(/_(bucket|sum|count)$/, ''))
      const own = (metric as unknown as { labelNames: readonly string[] } | undefined)?.labelNames
      for (const [, label = ''] of labels.matchAll(/(\w+)\s*=~?/g)) expect(own).toContain(label)
    }
  })

  it.each(expressions)('%s is balanced and knows its variables', (_title, expression) => {
    const depth = { '(': 0, '[': 0, '{': 0 }
    const closes = { ')': '(', ']': '[', '}': '{' } as const
    for (const sign of expression) {
      if (sign in depth) depth[sign as keyof typeof depth] += 1
      if (sign in closes) {
        const open = closes[sign as keyof typeof closes]
        depth[open] -= 1
        expect(depth[open]).toBeGreaterThanOrEqual(0)
      }
    }
    expect(depth).toEqual({ '(': 0, '[': 0, '{': 0 })
    const variables = dashboard.templating.list.map(({ name }) => name)
    for (const [, name = ''] of expression.matchAll(/\$(\w+)/g)) {
      expect([...variables, '__rate_interval']).toContain(name)
    }
  })

  it('shows every figure of connections that there is', () => {
    const text = expressions.map(([, expression]) => expression).join('\n')

    for (const { name } of registry.getMetricsAsArray()) {
      if (name.startsWith('edpsych_connection')) expect(text).toContain(name)
    }
  })

  it('never names an organisation', () => {
    for (const metric of registry.getMetricsAsArray()) {
      const { labelNames } = metric as unknown as { labelNames: readonly string[] }
      for (const label of labelNames) expect(label).not.toMatch(/tenant|connection|school|id$/)
    }
  })
})
