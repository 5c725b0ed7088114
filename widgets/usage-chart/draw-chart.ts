import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from 'chart.js'
import { bands, type UsageSeries } from './usage-series.ts'

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip)

export interface ChartLook {
  readonly colours: Readonly<Record<(typeof bands)[number], string>>
  readonly names: Readonly<Record<(typeof bands)[number], string>>
  readonly text: string
  readonly line: string
  readonly font: string
  readonly locale: string
}

/** Long lists are drawn in part; the table has all of it. */
const mostBars = 90
const mostNames = 15

/** Draws stacked bars; the answer removes them again. */
export function drawChart(
  canvas: HTMLCanvasElement,
  series: UsageSeries,
  look: ChartLook,
  { sideways }: { sideways: boolean },
): () => void {
  const most = sideways ? mostNames : mostBars
  const first = sideways ? 0 : Math.max(0, series.labels.length - most)
  const shown = <T>(values: readonly T[]) => values.slice(first, first + most)
  const category = { stacked: true, ticks: { color: look.text }, grid: { display: false } }
  const value = {
    stacked: true,
    beginAtZero: true,
    ticks: { color: look.text, precision: 0 },
    grid: { color: look.line },
  }
  const chart = new Chart(canvas, {
    type: 'bar',
    data: {
      labels: shown(series.labels),
      datasets: bands.map((band) => ({
        label: look.names[band],
        data: shown(series.values[band]),
        backgroundColor: look.colours[band],
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      locale: look.locale,
      font: { family: look.font },
      indexAxis: sideways ? 'y' : 'x',
      interaction: { mode: 'index', axis: sideways ? 'y' : 'x', intersect: false },
      scales: sideways ? { x: value, y: category } : { x: category, y: value },
    },
  })
  return () => chart.destroy()
}
